/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cache/hw-cache.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "cache/hw-cache-file-private.h"
#include "cache/hw-cache-folder-private.h"
#include "cache/hw-cache-source-private.h"

/*
 * How a snapshot is opened:
 *
 *  1. Who is it? (hw-cache-source.c) Its stamp and sample are taken.
 *  2. Is there an index with this sample (hw-cache-folder.c) whose note vouches for the stamp? If only
 *     the sample fits, the snapshot is hashed and the index with that content is looked for.
 *  3. The index is read (hw-cache-file.c): constructors, which are announced at once, then columns.
 *  4. Whatever goes wrong in 1 to 3, the snapshot itself is read, and the index is written anew by the
 *     writer thread (hw-cache-file-write.c): lock, write and hash the snapshot, sync, check, rename, note.
 *
 * An index is only written for the bytes that were read: the snapshot's stamp must be the same before
 * reading, after reading and after hashing. A snapshot that is still being written has no index.
 */

struct _HwCache
{
  GObject       parent_instance;

  char         *folder;        /* absolute */
  GCancellable *stop;          /* ends the writer thread */

  GMutex        mutex;         /* of what follows */
  GCond         idle;          /* signalled when the queue has run empty */
  GQueue        jobs;          /* Job */
  GThread      *writer;        /* NULL while there is nothing to do */
  gboolean      is_writing;
  guint64       budget;        /* bytes */
  guint64       memory;        /* bytes */
  char         *problem;
};

typedef struct
{
  HwHeap        *heap;         /* NULL to trim only */
  HwCacheSource *source;
  gboolean       replace;      /* there is an index, but it could not be used */
} Job;

G_DEFINE_QUARK (hw-cache-error-quark, hw_cache_error)

G_DEFINE_FINAL_TYPE (HwCache, hw_cache, G_TYPE_OBJECT)

static void
job_free (Job *job)
{
  g_clear_pointer (&job->heap, hw_heap_unref);
  g_clear_pointer (&job->source, hw_cache_source_unref);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
hw_cache_finalize (GObject *object)
{
  HwCache *self = HW_CACHE (object);

  g_cancellable_cancel (self->stop);
  if (self->writer != NULL)
    g_thread_join (self->writer);

  g_queue_clear_full (&self->jobs, (GDestroyNotify) job_free);
  g_clear_object (&self->stop);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->idle);
  g_free (self->folder);
  g_free (self->problem);

  G_OBJECT_CLASS (hw_cache_parent_class)->finalize (object);
}

static void
hw_cache_class_init (HwCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hw_cache_finalize;
}

static void
hw_cache_init (HwCache *self)
{
  self->stop = g_cancellable_new ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->idle);
  g_queue_init (&self->jobs);
}

/**
 * hw_cache_new:
 * @folder: where the indexes are; made when the first one is written
 * @budget: bytes that all indexes together may have; 0 keeps nothing
 *
 * Returns: (transfer full): a new cache
 */
HwCache *
hw_cache_new (const char *folder,
              guint64     budget)
{
  HwCache *self;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (HW_TYPE_CACHE, NULL);
  self->folder = g_canonicalize_filename (folder, NULL);
  self->budget = budget;
  self->memory = G_MAXUINT64;

  return self;
}

/**
 * hw_cache_get_folder:
 * @self: a cache
 *
 * Returns: (type filename): where the indexes are
 */
const char *
hw_cache_get_folder (HwCache *self)
{
  g_return_val_if_fail (HW_IS_CACHE (self), NULL);

  return self->folder;
}

static guint64
get_budget (HwCache *self)
{
  guint64 budget;

  g_mutex_lock (&self->mutex);
  budget = self->budget;
  g_mutex_unlock (&self->mutex);

  return budget;
}

static void
set_problem (HwCache *self,
             GError  *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_mutex_lock (&self->mutex);
  g_free (self->problem);
  self->problem = g_strdup (error->message);
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_cache_dup_problem:
 * @self: a cache
 *
 * Gets the last reason why an index was not used or not written. Files open all the same, only slower.
 *
 * Returns: (transfer full) (nullable): a sentence, or NULL if there was no trouble
 */
char *
hw_cache_dup_problem (HwCache *self)
{
  char *problem;

  g_return_val_if_fail (HW_IS_CACHE (self), NULL);

  g_mutex_lock (&self->mutex);
  problem = g_strdup (self->problem);
  g_mutex_unlock (&self->mutex);

  return problem;
}

/* rename() is only on the disk when the folder is. */
static void
sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_debug ("Cannot sync “%s”: %s", folder, g_strerror (errno));
  close (fd);
}

/* A sweeping program holds each lock for a moment, a writing one for long. */
static HwCacheLock *
take_lock (HwCache     *self,
           const char  *sample,
           GError     **error)
{
  for (guint i = 0;; i++)
    {
      g_autoptr(GError) local_error = NULL;
      HwCacheLock *lock = hw_cache_lock_try (self->folder, sample, &local_error);

      if (lock != NULL)
        return lock;
      if (i == 3 || !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      g_usleep (10 * 1000);
    }
}

/* The index that is known to belong to @source without reading it; NULL if there is none. */
static char *
find_vouched (HwCache       *self,
              HwCacheSource *source)
{
  g_autoptr(GPtrArray) paths = hw_cache_folder_find (self->folder, hw_cache_source_get_sample (source));

  if (!hw_cache_source_has_proof (source))
    return NULL;

  for (guint i = 0; i < paths->len; i++)
    if (hw_cache_note_vouches (g_ptr_array_index (paths, i), hw_cache_source_get_stamp (source)))
      return g_strdup (g_ptr_array_index (paths, i));

  return NULL;
}

static gboolean
write_index (HwCache  *self,
             Job      *job,
             char    **written,
             GError  **error)
{
  const char *sample = hw_cache_source_get_sample (job->source);
  g_autoptr(HwCacheLock) lock = NULL;
  g_autoptr(GError) lock_error = NULL;
  g_autofree char *content = NULL;
  g_autofree char *path = NULL;
  g_autofree char *temporary = NULL;
  int saved_errno;

  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      saved_errno = errno;
      g_set_error (error, HW_CACHE_ERROR, HW_CACHE_ERROR_STORAGE, _("The folder “%s” cannot be made: %s"),
                   self->folder, g_strerror (saved_errno));
      return FALSE;
    }

  lock = take_lock (self, sample, &lock_error);
  /* Another program is at it. Where there are no locks at all, both write and the last rename wins. */
  if (g_error_matches (lock_error, G_IO_ERROR, G_IO_ERROR_BUSY))
    return TRUE;

  /* Written meanwhile by another program. */
  if (!job->replace && (path = find_vouched (self, job->source)) != NULL)
    return TRUE;

  temporary = hw_cache_folder_dup_temporary (self->folder, sample);
  if (!hw_cache_file_write (temporary, job->heap, job->source, &content, self->stop, error))
    {
      g_unlink (temporary);
      return FALSE;
    }
  path = hw_cache_folder_dup_path (self->folder, sample, content);
  if (g_rename (temporary, path) != 0)
    {
      saved_errno = errno;
      g_unlink (temporary);
      g_set_error (error, HW_CACHE_ERROR, HW_CACHE_ERROR_STORAGE, _("The index cannot be renamed: %s"),
                   g_strerror (saved_errno));
      return FALSE;
    }
  sync_folder (self->folder);
  hw_cache_note_use (path, job->source);
  *written = g_steal_pointer (&path);

  return TRUE;
}

static void
run_job (HwCache *self,
         Job     *job)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *written = NULL;

  if (job->heap != NULL && get_budget (self) > 0 && !write_index (self, job, &written, &error))
    set_problem (self, error);
  g_clear_pointer (&job->heap, hw_heap_unref);

  hw_cache_folder_trim (self->folder, get_budget (self), get_budget (self) > 0 ? written : NULL);
  hw_cache_folder_sweep (self->folder);
}

static gpointer
writer_thread (gpointer data)
{
  HwCache *self = data;

  for (;;)
    {
      g_autoptr(Job) job = NULL;

      g_mutex_lock (&self->mutex);
      job = g_cancellable_is_cancelled (self->stop) ? NULL : g_queue_pop_head (&self->jobs);
      if (job == NULL)
        {
          self->is_writing = FALSE;
          g_cond_broadcast (&self->idle);
          g_mutex_unlock (&self->mutex);
          return NULL;
        }
      g_mutex_unlock (&self->mutex);

      run_job (self, job);
    }
}

static void
push_job (HwCache       *self,
          HwHeap        *heap,
          HwCacheSource *source,
          gboolean       replace)
{
  Job *job = g_new0 (Job, 1);

  job->heap = heap != NULL ? hw_heap_ref (heap) : NULL;
  job->source = source != NULL ? hw_cache_source_ref (source) : NULL;
  job->replace = replace;

  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->jobs, job);
  if (!self->is_writing)
    {
      /* The last thread has said that it is done and holds nothing any more. */
      if (self->writer != NULL)
        g_thread_join (self->writer);
      self->writer = g_thread_try_new ("cache-writer", writer_thread, self, NULL);
      self->is_writing = self->writer != NULL;
      if (!self->is_writing)
        g_queue_clear_full (&self->jobs, (GDestroyNotify) job_free);
    }
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_cache_set_budget:
 * @self: a cache
 * @budget: bytes that all indexes together may have; 0 keeps nothing
 *
 * Changes the budget. What is too much goes in the background, except the index written last: that
 * one stays even if it is larger than the budget, until another is written.
 */
void
hw_cache_set_budget (HwCache *self,
                     guint64  budget)
{
  g_return_if_fail (HW_IS_CACHE (self));

  g_mutex_lock (&self->mutex);
  self->budget = budget;
  g_mutex_unlock (&self->mutex);

  push_job (self, NULL, NULL, FALSE);
}

/**
 * hw_cache_set_memory:
 * @self: a cache
 * @memory: bytes, or %G_MAXUINT64
 *
 * Limits the memory that each heap opened from its index from now on takes. Columns that do not fit are kept in a
 * file without a name in the cache's folder, out of which the system brings what is looked at. A snapshot that is read
 * for the first time takes what it takes.
 */
void
hw_cache_set_memory (HwCache *self,
                     guint64  memory)
{
  g_return_if_fail (HW_IS_CACHE (self));

  g_mutex_lock (&self->mutex);
  self->memory = memory;
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_cache_flush_sync:
 * @self: a cache
 *
 * Waits until all indexes of heaps loaded so far are written.
 */
void
hw_cache_flush_sync (HwCache *self)
{
  g_return_if_fail (HW_IS_CACHE (self));

  g_mutex_lock (&self->mutex);
  while (self->is_writing)
    g_cond_wait (&self->idle, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

/*
 * Finds the index of the very bytes of @source, and how much of the job is left then; NULL without an error if
 * there is none.
 */
static char *
find_index (HwCache        *self,
            HwCacheSource  *source,
            HwProgress     *progress,
            double         *weight,
            GCancellable   *cancellable,
            GError        **error)
{
  const char *sample = hw_cache_source_get_sample (source);
  g_autoptr(GPtrArray) candidates = NULL;
  g_autofree char *content = NULL;
  g_autofree char *path = find_vouched (self, source);

  *weight = 1;
  if (path != NULL)
    return g_steal_pointer (&path);

  candidates = hw_cache_folder_find (self->folder, sample);
  if (candidates->len == 0)
    return NULL;

  *weight = 0.5;
  hw_progress_begin_phase (progress, N_("Recognizing the file"), 0.5);
  content = hw_cache_source_dup_content_sync (source, g_get_num_processors (), progress, cancellable, error);
  if (content == NULL)
    return NULL;
  path = hw_cache_folder_dup_path (self->folder, sample, content);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}

static guint64
get_memory (HwCache *self)
{
  guint64 memory;

  g_mutex_lock (&self->mutex);
  memory = self->memory;
  g_mutex_unlock (&self->mutex);

  return memory;
}

static HwCacheFile *
open_index (const char    *path,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autofree char *content = hw_cache_folder_dup_content (path);
  g_autoptr(HwCacheFile) file = hw_cache_file_open (path, cancellable, error);

  if (file != NULL && strcmp (hw_cache_file_get_content (file), content) != 0)
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_DAMAGED,
                           _("The index is another's, only its name fits"));
      return NULL;
    }

  return g_steal_pointer (&file);
}

static HwHeap *
read_index (HwCache                  *self,
            const char               *path,
            HwCacheSource            *source,
            const HwHeapLoadOptions  *options,
            double                    weight,
            GCancellable             *cancellable,
            GError                  **error)
{
  HwProgress *progress = options != NULL ? options->progress : NULL;
  g_autoptr(HwCacheFile) file = NULL;
  g_autoptr(HwClassTable) classes = NULL;

  hw_progress_begin_phase (progress, N_("Opening the index"), weight);
  file = open_index (path, cancellable, error);
  if (file == NULL)
    return NULL;

  classes = hw_cache_file_read_classes (file, error);
  if (classes == NULL)
    return NULL;
  if (options != NULL && options->classes_func != NULL)
    options->classes_func (classes, options->classes_data);

  return hw_cache_file_read_heap (g_steal_pointer (&file), classes, hw_cache_source_get_max_columns (source),
                                  get_memory (self), progress, error);
}

/* NULL without an error means that there is no index to be had. */
static HwHeap *
load_index (HwCache                  *self,
            HwCacheSource            *source,
            const HwHeapLoadOptions  *options,
            gboolean                 *replace,
            GCancellable             *cancellable,
            GError                  **error)
{
  HwProgress *progress = options != NULL ? options->progress : NULL;
  g_autoptr(GError) local_error = NULL;
  double weight;
  g_autofree char *path = find_index (self, source, progress, &weight, cancellable, &local_error);
  HwHeap *heap = NULL;

  if (path != NULL)
    {
      heap = read_index (self, path, source, options, weight, cancellable, &local_error);
      *replace = heap == NULL;
    }
  if (heap != NULL)
    {
      hw_cache_note_use (path, source);
      hw_progress_finish (progress);
      return heap;
    }

  hw_progress_restart (progress);
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (local_error != NULL)
    set_problem (self, local_error);
  if (g_error_matches (local_error, HW_CACHE_ERROR, HW_CACHE_ERROR_DAMAGED) ||
      g_error_matches (local_error, HW_HEAP_ERROR, HW_HEAP_ERROR_BAD_COLUMN))
    hw_cache_folder_remove (path, NULL);

  return NULL;
}

/* A disk or a network that failed while reading may not fail the next time. */
static gboolean
is_lasting (HwHeap *heap)
{
  const HwSnapshotDamage *damage = hw_heap_get_damage (heap);

  return damage == NULL || !damage->transient;
}

/**
 * hw_cache_load_sync:
 * @self: a cache
 * @file: a snapshot, compressed or not
 * @options: (nullable): how to load
 * @from_cache: (out) (optional): whether the index was used
 * @cancellable: (nullable): stops the loading
 * @error: return location
 *
 * Loads a snapshot: from its index, or by reading it, and then the index is written in the
 * background. Trouble with the cache is no error, see [method@Cache.dup_problem]; after such trouble
 * the constructors may be announced a second time.
 *
 * Cost: with an index linear in the size of its columns, the constructors come first; without, that of
 * hw_heap_load_sync().
 *
 * Returns: (transfer full): the heap, or NULL with an error of hw_heap_load_sync()
 */
HwHeap *
hw_cache_load_sync (HwCache                  *self,
                    GFile                    *file,
                    const HwHeapLoadOptions  *options,
                    gboolean                 *from_cache,
                    GCancellable             *cancellable,
                    GError                  **error)
{
  g_autofree char *path = NULL;
  g_autoptr(HwCacheSource) source = NULL;
  g_autoptr(GError) local_error = NULL;
  gboolean replace = FALSE;
  HwHeap *heap;

  g_return_val_if_fail (HW_IS_CACHE (self), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  if (from_cache != NULL)
    *from_cache = FALSE;

  path = g_file_get_path (file);
  if (path != NULL && get_budget (self) > 0)
    source = hw_cache_source_open (path, NULL);
  /* What is wrong with the file, reading it says better. */
  if (source == NULL)
    return hw_heap_load_sync (file, options, cancellable, error);

  heap = load_index (self, source, options, &replace, cancellable, &local_error);
  if (heap != NULL)
    {
      if (from_cache != NULL)
        *from_cache = TRUE;
      return heap;
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  heap = hw_heap_load_sync (file, options, cancellable, error);
  if (heap != NULL && is_lasting (heap) &&
      hw_cache_source_is_settled (source) && hw_cache_source_is_unchanged (source))
    push_job (self, heap, source, replace);

  return heap;
}

/**
 * hw_cache_outline_free:
 * @self: an outline
 *
 * Frees it.
 */
void
hw_cache_outline_free (HwCacheOutline *self)
{
  g_clear_pointer (&self->classes, hw_class_table_unref);
  g_free (self->damage);
  g_free (self);
}

/**
 * hw_cache_load_outline_sync:
 * @self: a cache
 * @file: a snapshot, compressed or not
 *
 * Takes the constructors from the index of a file that is known to be unchanged, for who wants nothing else.
 *
 * Cost: that of the constructors, of whatever size the snapshot is.
 *
 * Returns: (transfer full) (nullable): the outline; NULL when the snapshot must be loaded to know
 */
HwCacheOutline *
hw_cache_load_outline_sync (HwCache *self,
                            GFile   *file)
{
  g_autofree char *source_path = NULL;
  g_autofree char *path = NULL;
  g_autoptr(HwCacheSource) source = NULL;
  g_autoptr(HwCacheFile) index = NULL;
  HwClassTable *classes;
  HwCacheOutline *outline;

  g_return_val_if_fail (HW_IS_CACHE (self), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  source_path = g_file_get_path (file);
  if (source_path == NULL || get_budget (self) == 0 || (source = hw_cache_source_open (source_path, NULL)) == NULL ||
      (path = find_vouched (self, source)) == NULL || (index = open_index (path, NULL, NULL)) == NULL ||
      (classes = hw_cache_file_read_classes (index, NULL)) == NULL)
    return NULL;

  outline = g_new0 (HwCacheOutline, 1);
  outline->classes = classes;
  outline->n_nodes = index->n_nodes;
  outline->n_edges = index->n_edges;
  outline->damage = g_steal_pointer (&index->damage);
  hw_cache_note_use (path, source);

  return outline;
}

typedef struct
{
  GFile             *file;
  HwHeapLoadOptions  options;
  gboolean           from_cache;
} Load;

static void
load_free (Load *load)
{
  g_clear_object (&load->file);
  g_clear_pointer (&load->options.progress, hw_progress_unref);
  g_free (load);
}

static void
load_worker (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Load *load = task_data;
  g_autoptr(GError) error = NULL;
  HwHeap *heap = hw_cache_load_sync (source_object, load->file, &load->options, &load->from_cache,
                                     cancellable, &error);

  if (heap != NULL)
    g_task_return_pointer (task, heap, (GDestroyNotify) hw_heap_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * hw_cache_load_async:
 * @self: a cache
 * @file: a snapshot, compressed or not
 * @options: (nullable): how to load; its function is called on the worker
 * @cancellable: (nullable): stops the loading
 * @callback: (scope async): called on the caller's main context when done
 * @user_data: data for @callback
 *
 * Loads a snapshot on a worker thread, see hw_cache_load_sync().
 */
void
hw_cache_load_async (HwCache                 *self,
                     GFile                   *file,
                     const HwHeapLoadOptions *options,
                     GCancellable            *cancellable,
                     GAsyncReadyCallback      callback,
                     gpointer                 user_data)
{
  g_autoptr(GTask) task = NULL;
  Load *load;

  g_return_if_fail (HW_IS_CACHE (self));
  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  load = g_new0 (Load, 1);
  load->file = g_object_ref (file);
  if (options != NULL)
    load->options = *options;
  if (load->options.progress != NULL)
    hw_progress_ref (load->options.progress);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_cache_load_async);
  g_task_set_task_data (task, load, (GDestroyNotify) load_free);
  g_task_run_in_thread (task, load_worker);
}

/**
 * hw_cache_load_finish:
 * @self: a cache
 * @result: the result handed to the callback
 * @from_cache: (out) (optional): whether the index was used
 * @error: return location
 *
 * Takes over the loaded heap.
 *
 * Returns: (transfer full): the heap, or NULL with an error of hw_heap_load_sync()
 */
HwHeap *
hw_cache_load_finish (HwCache       *self,
                      GAsyncResult  *result,
                      gboolean      *from_cache,
                      GError       **error)
{
  g_return_val_if_fail (HW_IS_CACHE (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (from_cache != NULL)
    *from_cache = ((Load *) g_task_get_task_data (G_TASK (result)))->from_cache;

  return g_task_propagate_pointer (G_TASK (result), error);
}
