/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "snapshot/hw-snapshot-relay-private.h"

/*
 * Taking numbers out of text and laying them into columns each take half of the time, so two threads do
 * them. What the reader tells is written down in blocks, one behind the other, and told to the real sink from
 * there. Blocks are few, so that they stay in the processor's caches, and large, so that threads seldom wait
 * for each other: 250 MB need 1,700 of them.
 */

#define N_BLOCKS   4
#define BLOCK_SIZE (256 * 1024)

/* Longer ones (500 MB have been seen) are told from where they lie, without a copy. */
#define LONG_STRING (BLOCK_SIZE / 4)

typedef enum
{
  EVENT_HEADER,
  EVENT_RECORDS,
  EVENT_WIDE_RECORDS,          /* some number needs more than 32 bits */
  EVENT_TRACE_NODE,
  EVENT_STRING,
  EVENT_LONG_STRING,           /* where it lies; its owner waits until it is told */
  EVENT_SECTION_END,
} EventKind;

/* What follows it takes @n_bytes and then up to the next multiple of 8. */
typedef struct
{
  guint32 kind;                /* EventKind */
  guint32 section;             /* HwSnapshotSection */
  guint64 n;                   /* records, or bytes of a string */
  guint64 offset;
  gsize   n_bytes;
} Event;

typedef struct
{
  guint8 *data;
  gsize   length;
} Block;

struct _HwSnapshotRelay
{
  const HwSnapshotLayout *layout;
  guint64                *values;    /* the telling thread's */
  gsize                   n_values;
  GMutex                  mutex;
  GCond                   changed;
  Block                   ring[N_BLOCKS];
  guint                   writing;   /* the reading thread's */
  guint                   telling;   /* the telling thread's */
  guint                   n_filled;  /* the rest under the mutex */
  gboolean                stop;      /* nobody listens any more */
  gboolean                done;      /* nobody writes any more */
};

/* Makes a relay. */
HwSnapshotRelay *
hw_snapshot_relay_new (void)
{
  HwSnapshotRelay *self = g_new0 (HwSnapshotRelay, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);

  return self;
}

/* Frees a relay whose threads are gone. */
void
hw_snapshot_relay_free (HwSnapshotRelay *self)
{
  for (guint i = 0; i < N_BLOCKS; i++)
    g_free (self->ring[i].data);
  g_free (self->values);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Hands the block at hand over and waits until @n_free of them are free; FALSE when nobody listens. */
static gboolean
next_block (HwSnapshotRelay *self,
            guint            n_free)
{
  gboolean stop;

  g_mutex_lock (&self->mutex);
  self->n_filled++;
  g_cond_signal (&self->changed);
  while (self->n_filled > N_BLOCKS - n_free && !self->stop)
    g_cond_wait (&self->changed, &self->mutex);
  stop = self->stop;
  g_mutex_unlock (&self->mutex);

  self->writing = (self->writing + 1) % N_BLOCKS;
  self->ring[self->writing].length = 0;

  return !stop;
}

/* Says that all has been told. */
void
hw_snapshot_relay_end (HwSnapshotRelay *self)
{
  if (self->ring[self->writing].length > 0)
    next_block (self, 1);

  g_mutex_lock (&self->mutex);
  self->done = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static gpointer
no_listener (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Nobody listens");

  return NULL;
}

/* Room for what belongs to @event, which is less than a block, or NULL with @error set. */
static gpointer
add_event (HwSnapshotRelay  *self,
           const Event      *event,
           GError          **error)
{
  gsize n_bytes = sizeof *event + (event->n_bytes + 7) / 8 * 8;
  Block *block = &self->ring[self->writing];
  guint8 *place;

  if (n_bytes > BLOCK_SIZE - block->length)
    {
      if (!next_block (self, 1))
        return no_listener (error);
      block = &self->ring[self->writing];
    }
  if (block->data == NULL)
    block->data = g_malloc (BLOCK_SIZE);

  place = block->data + block->length;
  memcpy (place, event, sizeof *event);
  block->length += n_bytes;

  return place + sizeof *event;
}

/* Makes the last event one of less bytes. */
static void
shorten_event (HwSnapshotRelay *self,
               Event           *event,
               EventKind        kind,
               gsize            n_bytes)
{
  self->ring[self->writing].length -= (event->n_bytes + 7) / 8 * 8 - (n_bytes + 7) / 8 * 8;
  event->kind = kind;
  event->n_bytes = n_bytes;
}

static gboolean
header (gpointer                 sink,
        const HwSnapshotLayout  *layout,
        GError                 **error)
{
  HwSnapshotRelay *self = sink;
  Event event = { .kind = EVENT_HEADER };

  self->layout = layout;

  return add_event (self, &event, error) != NULL;
}

static gboolean
records (gpointer            sink,
         HwSnapshotSection   section,
         const guint64      *values,
         gsize               n_records,
         guint64             offset,
         GError            **error)
{
  HwSnapshotRelay *self = sink;
  gsize n_values = n_records * self->layout->n_fields[section];
  Event event = { EVENT_WIDE_RECORDS, section, n_records, offset, n_values * sizeof (guint64) };
  guint64 all = 0;
  guint32 *place = add_event (self, &event, error);

  if (place == NULL)
    return FALSE;

  /* Half the bytes on the way to the other core are worth the packing. */
  for (gsize i = 0; i < n_values; i++)
    {
      all |= values[i];
      place[i] = (guint32) values[i];
    }
  if (all > G_MAXUINT32)
    memcpy (place, values, event.n_bytes);
  else
    shorten_event (self, (Event *) (gpointer) place - 1, EVENT_RECORDS, n_values * sizeof (guint32));

  return TRUE;
}

static gboolean
trace_node (gpointer                    sink,
            const HwSnapshotTraceNode  *node,
            GError                    **error)
{
  Event event = { .kind = EVENT_TRACE_NODE, .n_bytes = sizeof *node };
  gpointer place = add_event (sink, &event, error);

  if (place == NULL)
    return FALSE;
  memcpy (place, node, sizeof *node);

  return TRUE;
}

static gboolean
string (gpointer     sink,
        const char  *text,
        gsize        n_bytes,
        GError     **error)
{
  gboolean is_long = n_bytes > LONG_STRING;
  Event event = { is_long ? EVENT_LONG_STRING : EVENT_STRING, 0, n_bytes, 0, is_long ? sizeof text : n_bytes };
  gpointer place = add_event (sink, &event, error);

  if (place == NULL)
    return FALSE;
  if (!is_long)
    memcpy (place, text, n_bytes);
  else
    {
      memcpy (place, &text, sizeof text);
      if (!next_block (sink, N_BLOCKS))
        {
          no_listener (error);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
section_end (gpointer            sink,
             HwSnapshotSection   section,
             GError            **error)
{
  Event event = { .kind = EVENT_SECTION_END, .section = section };

  return add_event (sink, &event, error) != NULL;
}

const HwSnapshotSink hw_snapshot_relay_sink = {
  .header = header,
  .records = records,
  .trace_node = trace_node,
  .string = string,
  .section_end = section_end,
};

/* The numbers of an event in 64 bits each. */
static const guint64 *
widen (HwSnapshotRelay *self,
       const guint32   *values,
       gsize            n)
{
  if (n > self->n_values)
    {
      g_free (self->values);
      self->values = g_new (guint64, n);
      self->n_values = n;
    }
  for (gsize i = 0; i < n; i++)
    self->values[i] = values[i];

  return self->values;
}

static gboolean
tell (HwSnapshotRelay       *self,
      const Event           *event,
      const HwSnapshotSink  *sink,
      gpointer               sink_data,
      GError               **error)
{
  gconstpointer data = event + 1;

  switch ((EventKind) event->kind)
    {
    case EVENT_HEADER:
      return sink->header (sink_data, self->layout, error);
    case EVENT_RECORDS:
      if (sink->narrow_records != NULL)
        return sink->narrow_records (sink_data, event->section, data, event->n, event->offset, error);
      data = widen (self, data, event->n_bytes / sizeof (guint32));
      return sink->records (sink_data, event->section, data, event->n, event->offset, error);
    case EVENT_WIDE_RECORDS:
      return sink->records (sink_data, event->section, data, event->n, event->offset, error);
    case EVENT_TRACE_NODE:
      return sink->trace_node == NULL || sink->trace_node (sink_data, data, error);
    case EVENT_STRING:
      return sink->string (sink_data, data, event->n, error);
    case EVENT_LONG_STRING:
      return sink->string (sink_data, *(const char * const *) data, event->n, error);
    case EVENT_SECTION_END:
      return sink->section_end == NULL || sink->section_end (sink_data, event->section, error);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
tell_block (HwSnapshotRelay       *self,
            const Block           *block,
            const HwSnapshotSink  *sink,
            gpointer               sink_data,
            GError               **error)
{
  for (gsize at = 0; at < block->length;)
    {
      const Event *event = (gconstpointer) (block->data + at);

      if (!tell (self, event, sink, sink_data, error))
        return FALSE;
      at += sizeof *event + (event->n_bytes + 7) / 8 * 8;
    }

  return TRUE;
}

/*
 * Tells @sink everything, until the end or until it fails; whoever writes then gets G_IO_ERROR_CANCELLED.
 * Returns whether @sink has not failed.
 */
gboolean
hw_snapshot_relay_deliver (HwSnapshotRelay       *self,
                           const HwSnapshotSink  *sink,
                           gpointer               sink_data,
                           GError               **error)
{
  gboolean ok = TRUE, is_over;

  do
    {
      g_mutex_lock (&self->mutex);
      while (self->n_filled == 0 && !self->done)
        g_cond_wait (&self->changed, &self->mutex);
      is_over = self->n_filled == 0;
      g_mutex_unlock (&self->mutex);
      if (is_over)
        break;

      ok = tell_block (self, &self->ring[self->telling], sink, sink_data, error);
      self->telling = (self->telling + 1) % N_BLOCKS;

      g_mutex_lock (&self->mutex);
      self->n_filled--;
      self->stop = !ok;
      g_cond_signal (&self->changed);
      g_mutex_unlock (&self->mutex);
    }
  while (ok);

  return ok;
}
