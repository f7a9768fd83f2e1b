/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Local processes, from /proc alone.
 *
 * A process is known by its executable's name: its own title and its command line can say anything. A
 * signal is sent only when the process handles it, since SIGUSR1 kills who does not, and only to runtimes
 * that open their inspector by it. Everything here may vanish between two looks; that is no error.
 */
#include "config.h"

#include "inspector/hw-process-private.h"
#include "inspector/hw-live-runtime-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a command line or environment may cost to read. */
#define MAX_READ 65536

static void
process_free (gpointer data)
{
  HwProcess *self = data;

  g_free (self->name);
  g_free (self->fixed_path);
  g_array_unref (self->listening);
  g_array_unref (self->asked);
  g_free (self);
}

/* A small file below /proc/PID, NUL-terminated; files there have no size. */
static char *
read_file (int         pid,
           const char *name,
           gsize       max,
           gsize      *n_bytes)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", pid, name);
  FILE *file = fopen (path, "re");
  char *text;
  gsize n;

  if (file == NULL)
    return NULL;
  text = g_malloc (max + 1);
  n = fread (text, 1, max, file);
  fclose (file);
  text[n] = 0;
  if (n_bytes != NULL)
    *n_bytes = n;

  return text;
}

static char *
read_link (int         pid,
           const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", pid, name);

  return g_file_read_link (path, NULL);
}

/* The number behind "Name:" in a file of such lines; FALSE when there is none. */
static gboolean
find_number (const char *text,
             const char *name,
             int         base,
             guint64    *number)
{
  const char *line = text != NULL ? strstr (text, name) : NULL;

  if (line == NULL)
    return FALSE;
  *number = g_ascii_strtoull (line + strlen (name), NULL, (guint) base);

  return TRUE;
}

static void
add_port (GArray  *ports,
          guint64  port)
{
  guint16 short_port = (guint16) port;

  if (port == 0 || port > 65535)
    return;
  for (guint i = 0; i < ports->len; i++)
    if (g_array_index (ports, guint16, i) == short_port)
      return;
  g_array_append_val (ports, short_port);
}

/* Adds the ports of rows in state LISTEN, of all sockets or of those with one of @inodes. */
static void
add_listening (int         pid,
               const char *table,
               GHashTable *inodes,
               GArray     *ports)
{
  g_autofree char *text = read_file (pid, table, 4 * 1024 * 1024, NULL);
  char *line, *rest;

  for (line = text; line != NULL && *line != 0; line = rest)
    {
      char address[40];
      unsigned int port, state;
      unsigned long inode;

      rest = strchr (line, '\n');
      if (rest != NULL)
        *rest++ = 0;
      if (sscanf (line, " %*d: %39[0-9A-F]:%x %*[0-9A-F]:%*x %x %*s %*s %*s %*d %*d %lu",
                  address, &port, &state, &inode) != 4 || state != 0x0a)
        continue;
      if (inodes == NULL || g_hash_table_contains (inodes, GSIZE_TO_POINTER (inode)))
        add_port (ports, port);
    }
}

/**
 * hw_process_listening:
 * @pid: a process
 *
 * Cost: linear in its descriptors and the sockets of its network.
 *
 * Returns: (transfer full): the TCP ports it listens on
 */
GArray *
hw_process_listening (int pid)
{
  g_autoptr(GHashTable) inodes = g_hash_table_new (NULL, NULL);
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", pid);
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  GArray *ports = g_array_new (FALSE, FALSE, sizeof (guint16));
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *link_path = g_build_filename (path, name, NULL);
      char target[64];
      gssize n = readlink (link_path, target, sizeof target - 1);

      if (n > 8)
        {
          target[n] = 0;
          if (g_str_has_prefix (target, "socket:["))
            g_hash_table_add (inodes, GSIZE_TO_POINTER (strtoul (target + 8, NULL, 10)));
        }
    }
  if (g_hash_table_size (inodes) > 0)
    {
      add_listening (pid, "net/tcp", inodes, ports);
      add_listening (pid, "net/tcp6", inodes, ports);
    }

  return ports;
}

/**
 * hw_process_listening_here:
 *
 * Returns: (transfer full): all TCP ports that someone listens on in our own network
 */
GArray *
hw_process_listening_here (void)
{
  GArray *ports = g_array_new (FALSE, FALSE, sizeof (guint16));

  add_listening (getpid (), "net/tcp", NULL, ports);
  add_listening (getpid (), "net/tcp6", NULL, ports);

  return ports;
}

/* What an option such as --inspect=HOST:PORT/PATH names. */
static void
read_option (HwProcess  *self,
             const char *option)
{
  static const char *const names[] = {
    "--inspect", "--inspect-brk", "--inspect-wait", "--inspect-port", "--remote-debugging-port", "BUN_INSPECT",
  };
  const char *equals = strchr (option, '=');
  const char *value, *slash, *colon;
  guint64 port;

  if (equals == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strlen (names[i]) == (gsize) (equals - option) && memcmp (names[i], option, strlen (names[i])) == 0)
      {
        value = g_str_has_prefix (equals + 1, "ws://") ? equals + 6 : equals + 1;
        slash = strchr (value, '/');
        colon = strrchr (value, ':');
        port = g_ascii_strtoull (colon != NULL ? colon + 1 : value, NULL, 10);
        add_port (self->asked, port);
        self->asks_any_port |= port == 0;
        if (slash != NULL && slash[1] != 0 && self->fixed_path == NULL && strlen (slash) < 256)
          self->fixed_path = g_strdup (slash);
        return;
      }
}

/* The command line: its script becomes the name; FALSE for a browser's helper, which has no inspector. */
static gboolean
read_arguments (HwProcess *self)
{
  gsize n_bytes;
  g_autofree char *text = read_file (self->pid, "cmdline", MAX_READ, &n_bytes);
  const char *p, *end;
  gboolean is_first = TRUE;

  for (p = text, end = text + (text != NULL ? n_bytes : 0); p != NULL && p < end; p += strlen (p) + 1, is_first = FALSE)
    {
      /* Chromium writes all its arguments anew as one. */
      if (g_str_has_prefix (p, "--type=") || strstr (p, " --type=") != NULL)
        return FALSE;
      if (is_first)
        {
          const char *port = strstr (p, " --remote-debugging-port=");

          if (port != NULL)
            read_option (self, port + 1);
          continue;
        }
      if (*p == '-')
        read_option (self, p);
      else if (self->name == NULL && *p != 0 && !g_str_equal (p, "run") && !g_str_equal (p, "serve"))
        {
          g_autofree char *base = g_path_get_basename (p);

          self->name = g_utf8_make_valid (base, -1);
        }
    }

  return TRUE;
}

static void
read_environment (HwProcess *self)
{
  gsize n_bytes;
  g_autofree char *text = read_file (self->pid, "environ", MAX_READ, &n_bytes);
  const char *p, *end;

  for (p = text, end = text + (text != NULL ? n_bytes : 0); p != NULL && p < end; p += strlen (p) + 1)
    if (g_str_has_prefix (p, "BUN_INSPECT="))
      read_option (self, p);
    else if (g_str_has_prefix (p, "NODE_OPTIONS="))
      {
        g_auto(GStrv) options = g_strsplit (p + strlen ("NODE_OPTIONS="), " ", 0);

        for (guint i = 0; options[i] != NULL; i++)
          read_option (self, options[i]);
      }
}

static const HwLiveRuntime *
runtime_of (int pid)
{
  g_autofree char *exe = read_link (pid, "exe");
  g_autofree char *base = exe != NULL ? g_path_get_basename (exe) : NULL;

  if (base == NULL)
    return NULL;
  if (g_str_has_suffix (base, " (deleted)"))
    base[strlen (base) - strlen (" (deleted)")] = 0;

  return hw_live_runtime_for_executable (base);
}

static gboolean
handles_signal (int pid)
{
  g_autofree char *status = read_file (pid, "status", 8192, NULL);
  guint64 caught = 0;

  return find_number (status, "SigCgt:", 16, &caught) && (caught & (1 << (SIGUSR1 - 1))) != 0;
}

static HwProcess *
look_at (int         pid,
         const char *own_network)
{
  const HwLiveRuntime *runtime = runtime_of (pid);
  g_autofree char *network = NULL;
  HwProcess *self;

  if (runtime == NULL)
    return NULL;

  self = g_new0 (HwProcess, 1);
  self->pid = pid;
  self->runtime = runtime;
  self->asked = g_array_new (FALSE, FALSE, sizeof (guint16));
  if (!read_arguments (self))
    {
      self->listening = g_array_new (FALSE, FALSE, sizeof (guint16));
      process_free (self);
      return NULL;
    }
  read_environment (self);
  if (self->name == NULL)
    self->name = g_strdup (hw_live_runtime_get_name (runtime));
  network = read_link (pid, "ns/net");
  self->is_elsewhere = network != NULL && own_network != NULL && !g_str_equal (network, own_network);
  self->listening = hw_process_listening (pid);
  self->takes_signal = runtime->by_signal && handles_signal (pid);

  return self;
}

/**
 * hw_process_list:
 *
 * Looks at every process of this machine. Blocks for some milliseconds.
 *
 * Returns: (transfer full) (element-type HwProcess): those of a runtime
 */
GPtrArray *
hw_process_list (void)
{
  g_autofree char *own_network = g_file_read_link ("/proc/self/ns/net", NULL);
  g_autoptr(GDir) folder = g_dir_open ("/proc", 0, NULL);
  GPtrArray *list = g_ptr_array_new_with_free_func (process_free);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    if (g_ascii_isdigit (*name))
      {
        HwProcess *process = look_at (atoi (name), own_network);

        if (process != NULL)
          g_ptr_array_add (list, process);
      }

  return list;
}

/* What a descriptor is, from where its link points. */
static const char *
descriptor_kind (const char *target)
{
  if (g_str_has_prefix (target, "socket:"))
    return "socket";
  if (g_str_has_prefix (target, "pipe:"))
    return "pipe";
  if (g_str_has_prefix (target, "anon_inode:"))
    return strstr (target, "eventpoll") != NULL ? "epoll"
           : strstr (target, "eventfd") != NULL ? "eventfd"
           : strstr (target, "inotify") != NULL ? "inotify" : "other";
  if (g_str_has_prefix (target, "/dev/"))
    return "device";

  return *target == '/' ? "file" : "other";
}

static void
count_descriptors (int       pid,
                   HwSample *sample)
{
  static const char *const kinds[] = { "socket", "pipe", "epoll", "eventfd", "inotify", "device", "file", "other" };
  guint64 counts[G_N_ELEMENTS (kinds)] = { 0 }, all = 0;
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", pid);
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  if (folder == NULL)
    return;
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *link_path = g_build_filename (path, name, NULL);
      char target[256];
      gssize n = readlink (link_path, target, sizeof target - 1);
      const char *kind;

      if (n < 0)
        continue;
      target[n] = 0;
      kind = descriptor_kind (target);
      for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (g_str_equal (kinds[i], kind))
          counts[i]++;
      all++;
    }
  hw_sample_set (sample, HW_METRIC_OS_DESCRIPTORS, (double) all);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (counts[i] > 0)
      hw_sample_add_count (sample, HW_COUNT_GROUP_DESCRIPTOR, kinds[i], counts[i]);
}

static gboolean
read_bytes (const char *folder,
            const char *name,
            guint64    *bytes)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && g_ascii_isdigit (*text) &&
         (*bytes = g_ascii_strtoull (text, NULL, 10)) < (guint64) 1 << 60;
}

/* The limit nearest to the process counts; "max" is none. Only the unified hierarchy is read. */
static void
measure_container (int       pid,
                   HwSample *sample)
{
  g_autofree char *text = read_file (pid, "cgroup", 4096, NULL);
  const char *line = text != NULL ? strstr (text, "0::/") : NULL;
  g_autofree char *folder = NULL;
  guint64 used, limit, least = G_MAXUINT64;

  if (line == NULL)
    return;
  folder = g_build_filename ("/sys/fs/cgroup", line + 4, NULL);
  g_strchomp (folder);
  if (strstr (folder, "/../") != NULL)
    return;
  while (g_str_has_prefix (folder, "/sys/fs/cgroup"))
    {
      char *slash = strrchr (folder, '/');

      if (read_bytes (folder, "memory.max", &limit) && limit < least &&
          read_bytes (folder, "memory.current", &used))
        {
          least = limit;
          hw_sample_set (sample, HW_METRIC_CONTAINER_LIMIT, (double) limit);
          hw_sample_set (sample, HW_METRIC_CONTAINER_USED, (double) used);
        }
      *slash = 0;
    }
}

/* Bytes that programs of this machine can still get; 0 when unknown. */
guint64
hw_process_free_memory (void)
{
  g_autofree char *text = NULL;
  guint64 kilobytes = 0;

  if (g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    find_number (text, "MemAvailable:", 10, &kilobytes);

  return kilobytes * 1024;
}

/**
 * hw_process_measure:
 * @pid: a local process
 * @sample: what to fill
 *
 * Measures a process as the operating system sees it. Blocks: the proportional size makes the kernel walk
 * all its pages, some milliseconds for a gigabyte.
 *
 * Returns: whether the process exists and may be looked at
 */
gboolean
hw_process_measure (int       pid,
                    HwSample *sample)
{
  g_autofree char *status = read_file (pid, "status", 8192, NULL);
  g_autofree char *rollup = read_file (pid, "smaps_rollup", 4096, NULL);
  guint64 number;

  if (!find_number (status, "VmRSS:", 10, &number))
    return FALSE;
  hw_sample_set (sample, HW_METRIC_OS_RSS, (double) number * 1024);
  if (find_number (status, "VmSwap:", 10, &number))
    hw_sample_set (sample, HW_METRIC_OS_SWAP, (double) number * 1024);
  if (find_number (status, "\nThreads:", 10, &number))
    hw_sample_set (sample, HW_METRIC_OS_THREADS, (double) number);
  if (find_number (rollup, "\nPss:", 10, &number))
    hw_sample_set (sample, HW_METRIC_OS_PSS, (double) number * 1024);
  count_descriptors (pid, sample);
  measure_container (pid, sample);
  number = hw_process_free_memory ();
  if (number > 0)
    hw_sample_set (sample, HW_METRIC_FREE_MEMORY, (double) number);

  return TRUE;
}

/* When the process started, in the kernel's ticks since boot; with the id it names a process for good. 0: gone. */
guint64
hw_process_get_start (int pid)
{
  g_autofree char *stat = read_file (pid, "stat", 4096, NULL);
  const char *p = stat != NULL ? strrchr (stat, ')') : NULL;

  /* The name may hold anything; behind its last parenthesis the start is the 20th field. */
  for (guint field = 0; p != NULL && field < 20; field++)
    p = strchr (p + 1, ' ');

  return p != NULL ? g_ascii_strtoull (p + 1, NULL, 10) : 0;
}

/**
 * hw_process_switch_on:
 * @pid: a local process
 * @error: return location
 *
 * Sends SIGUSR1, which makes Node and Deno open their inspector. Everything is checked again just before,
 * because the same signal ends a process that does not handle it.
 *
 * Returns: whether it was sent
 */
gboolean
hw_process_switch_on (int      pid,
                      GError **error)
{
  const HwLiveRuntime *runtime = runtime_of (pid);
  int saved;

  if (runtime == NULL || !runtime->by_signal)
    {
      g_set_error_literal (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_SUPPORTED,
                           runtime != NULL ? hw_live_runtime_why_not (runtime, HW_FEATURE_SWITCH_ON)
                                           : _("The process has ended"));
      return FALSE;
    }
  if (!handles_signal (pid))
    {
      g_set_error_literal (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_NOT_SUPPORTED,
                           _("The process was started so that the signal does not open its inspector"));
      return FALSE;
    }
  if (kill (pid, SIGUSR1) < 0)
    {
      saved = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved),
                   _("The signal could not be sent: %s"), g_strerror (saved));
      return FALSE;
    }

  return TRUE;
}
