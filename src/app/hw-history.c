/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-history.h"

/* A person walks back a few steps; older ones are forgotten. */
#define MAX_PLACES 200

struct _HwHistory
{
  GArray *places;  /* HwPlace, oldest first */
  guint   current; /* the place one is at; only meaningful when there are places */
};

/**
 * hw_history_new:
 *
 * Returns: (transfer full): an empty history
 */
HwHistory *
hw_history_new (void)
{
  HwHistory *self = g_new0 (HwHistory, 1);

  self->places = g_array_new (FALSE, FALSE, sizeof (HwPlace));

  return self;
}

/**
 * hw_history_free:
 * @self: a history
 *
 * Frees it.
 */
void
hw_history_free (HwHistory *self)
{
  g_array_unref (self->places);
  g_free (self);
}

static gboolean
same_object (const HwPlace *a,
             const HwPlace *b)
{
  return a->capture == b->capture &&
         a->owner == b->owner &&
         hw_node_id_equal (a->node, b->node);
}

/**
 * hw_history_visit:
 * @self: a history
 * @place: where the person went
 *
 * Adds a place behind the current one; what was ahead is forgotten. Visiting the current object again
 * only remembers the view.
 */
void
hw_history_visit (HwHistory     *self,
                  const HwPlace *place)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (place != NULL);

  if (self->places->len > 0)
    {
      HwPlace *current = &g_array_index (self->places, HwPlace, self->current);

      if (same_object (current, place))
        {
          current->view = place->view;
          return;
        }
      g_array_set_size (self->places, self->current + 1);
    }

  if (self->places->len == MAX_PLACES)
    g_array_remove_index (self->places, 0);

  g_array_append_vals (self->places, place, 1);
  self->current = self->places->len - 1;
}

/**
 * hw_history_peek:
 * @self: a history
 * @step: -1 for the place before, 1 for the one after, 0 for the current one
 *
 * Returns: (nullable): the place, valid until the history changes
 */
const HwPlace *
hw_history_peek (HwHistory *self,
                 int        step)
{
  gint64 position;

  g_return_val_if_fail (self != NULL, NULL);

  position = (gint64) self->current + step;
  if (position < 0 || position >= self->places->len)
    return NULL;

  return &g_array_index (self->places, HwPlace, (guint) position);
}

/**
 * hw_history_move:
 * @self: a history
 * @step: -1 to go back, 1 to go forward
 *
 * Returns: (nullable): the place that is current now, or %NULL if there is none that way
 */
const HwPlace *
hw_history_move (HwHistory *self,
                 int        step)
{
  const HwPlace *place = hw_history_peek (self, step);

  if (place != NULL)
    self->current = (guint) ((gint64) self->current + step);

  return place;
}

/**
 * hw_history_forget:
 * @self: a history
 * @capture: a capture that is closed
 *
 * Drops every place that has to do with @capture.
 */
void
hw_history_forget (HwHistory *self,
                   HwCapture *capture)
{
  guint kept = 0;
  guint current = 0;

  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->places->len; i++)
    {
      HwPlace place = g_array_index (self->places, HwPlace, i);

      if (place.capture == capture || place.owner == capture)
        continue;

      /* Two visits of one object may become neighbours. */
      if (kept > 0 && same_object (&place, &g_array_index (self->places, HwPlace, kept - 1)))
        kept--;

      g_array_index (self->places, HwPlace, kept) = place;
      if (i <= self->current)
        current = kept;
      kept++;
    }

  g_array_set_size (self->places, kept);
  self->current = current;
}
