/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/hw-row-feed-private.h"

/*
 * A column view keeps the widgets of some 200 rows. Making them all takes it 30 to 50 milliseconds, giving others of
 * their rows to them takes 8, and which of the two happens depends on how a change is announced: widgets of rows that
 * were removed are destroyed, widgets of rows that only went out of sight are used again. So
 *
 * - where rows are replaced, the new ones are announced first, in front of the old ones; the view is scrolled to them
 *   ("turned"); and the old ones are announced out when no widget shows them any more. Between the two the list is
 *   longer than the model, and ends with empty rows;
 * - where widgets have to be made, because there were few rows and now there are many, the list ends early at first and
 *   gets a portion more each frame, until the view has as many widgets as it wants.
 */

/* Rows whose widgets are made within one frame. */
#define PORTION 16

/* A view has no more widgets than for so many rows. */
#define FULL 256

struct _HwRowFeed
{
  GObject      parent_instance;

  HwTreeModel *model;      /* owned */
  guint        n_model;    /* rows of the model when it was last heard of */
  guint        limit;      /* so many of them are shown at most; G_MAXUINT for all */
  guint        n_leaving;  /* rows behind them that are about to go */
};

enum
{
  MAY_REPLACE,
  TURNED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef enum
{
  PROP_GROWING = 1,
} HwRowFeedProperty;

static GParamSpec *properties[PROP_GROWING + 1];

static void hw_row_feed_list_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HwRowFeed, hw_row_feed, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, hw_row_feed_list_init))

static guint
count_shown (HwRowFeed *self)
{
  return MIN (self->n_model, self->limit);
}

static void
set_limit (HwRowFeed *self,
           guint      limit)
{
  gboolean was_growing = self->limit != G_MAXUINT;

  self->limit = limit;
  if (was_growing != (limit != G_MAXUINT))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GROWING]);
}

static void
announce (HwRowFeed *self,
          guint      position,
          guint      removed,
          guint      added)
{
  if (removed > 0 || added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/* The rows from @position on are replaced by what the model has there now; @n_old of them were shown. */
static void
turn (HwRowFeed *self,
      guint      position,
      guint      n_old)
{
  guint n_new = count_shown (self) - position;

  self->n_leaving = n_old;
  announce (self, position, 0, n_new);
  g_signal_emit (self, signals[TURNED], 0, position);
  self->n_leaving = 0;
  announce (self, count_shown (self), n_old, 0);
}

/* All rows are replaced. */
static void
replace (HwRowFeed *self)
{
  guint n_old = self->n_leaving;
  guint n_near;

  self->n_model = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  if (n_old >= FULL)
    {
      turn (self, 0, n_old);
      return;
    }

  /* A view looks for the rows that it has widgets for among all that come at once: better among few. */
  self->n_leaving = 0;
  n_near = MIN (self->n_model, FULL);
  set_limit (self, n_near > n_old + PORTION ? PORTION : n_near);
  announce (self, 0, n_old, count_shown (self));
  g_signal_emit (self, signals[TURNED], 0, 0);
  if (self->limit == n_near)
    hw_row_feed_reach (self, G_MAXUINT);
}

static gboolean
may_replace_below (HwRowFeed *self,
                   guint      position,
                   guint      removed)
{
  gboolean may = FALSE;

  g_signal_emit (self, signals[MAY_REPLACE], 0, position, removed, &may);

  return may;
}

static void
change (HwRowFeed *self,
        guint      position,
        guint      removed,
        guint      added)
{
  guint n_before = count_shown (self);
  guint from = MIN (position, n_before);
  gboolean cut = self->limit != G_MAXUINT;
  gboolean may_replace = MAX (removed, added) > PORTION && may_replace_below (self, position, removed);

  self->n_model = g_list_model_get_n_items (G_LIST_MODEL (self->model));

  /* A list that becomes long: so much of it as fills a window, the rest from frame to frame. */
  if (may_replace && n_before + PORTION < FULL && added > PORTION)
    {
      set_limit (self, from + PORTION);
      announce (self, from, n_before - from, count_shown (self) - from);
      return;
    }

  if (cut)
    {
      /* The end is near: what stays is found again among few. */
      set_limit (self, from + FULL);
      announce (self, from, n_before - from, count_shown (self) - from);
      return;
    }

  /* Rows that a view has widgets for go: the ones that follow get them. */
  if (may_replace && removed > PORTION && added == 0 && self->n_model > position)
    {
      turn (self, position, n_before - position);
      return;
    }

  announce (self, position, removed, added);
}

static void
items_changed_cb (HwRowFeed *self,
                  guint      position,
                  guint      removed,
                  guint      added)
{
  /* All out, in again before long; meanwhile the view keeps what it shows. */
  if (removed > 0 && added == 0 && g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0)
    {
      self->n_leaving = count_shown (self);
      self->n_model = 0;
      set_limit (self, G_MAXUINT);
      return;
    }

  if (self->n_leaving > 0)
    {
      replace (self);
      return;
    }

  change (self, position, removed, added);
}

/* Nothing came in again. */
static void
reset_done_cb (HwRowFeed *self)
{
  guint n_old = self->n_leaving;

  self->n_leaving = 0;
  announce (self, 0, n_old, 0);
}

static GType
hw_row_feed_get_item_type (GListModel *list G_GNUC_UNUSED)
{
  return HW_TYPE_ROW;
}

static guint
hw_row_feed_get_n_items (GListModel *list)
{
  HwRowFeed *self = HW_ROW_FEED (list);

  return count_shown (self) + self->n_leaving;
}

static gpointer
hw_row_feed_get_item (GListModel *list,
                      guint       position)
{
  HwRowFeed *self = HW_ROW_FEED (list);
  guint n_shown = count_shown (self);

  if (position < n_shown)
    return g_list_model_get_item (G_LIST_MODEL (self->model), position);

  /* The view has widgets for those that it still shows, and does not ask for the others. */
  return position - n_shown < self->n_leaving ? g_object_new (HW_TYPE_ROW, NULL) : NULL;
}

static void
hw_row_feed_list_init (GListModelInterface *iface)
{
  iface->get_item_type = hw_row_feed_get_item_type;
  iface->get_n_items = hw_row_feed_get_n_items;
  iface->get_item = hw_row_feed_get_item;
}

static void
hw_row_feed_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  HwRowFeed *self = HW_ROW_FEED (object);

  switch ((HwRowFeedProperty) prop_id)
    {
    case PROP_GROWING:
      g_value_set_boolean (value, self->limit != G_MAXUINT);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_row_feed_dispose (GObject *object)
{
  g_clear_object (&HW_ROW_FEED (object)->model);

  G_OBJECT_CLASS (hw_row_feed_parent_class)->dispose (object);
}

static void
hw_row_feed_class_init (HwRowFeedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = hw_row_feed_get_property;
  object_class->dispose = hw_row_feed_dispose;

  properties[PROP_GROWING] =
    g_param_spec_boolean ("growing", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[MAY_REPLACE] =
    g_signal_new ("may-replace", HW_TYPE_ROW_FEED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_BOOLEAN, 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[TURNED] =
    g_signal_new ("turned", HW_TYPE_ROW_FEED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
hw_row_feed_init (HwRowFeed *self)
{
  self->limit = G_MAXUINT;
}

HwRowFeed *
hw_row_feed_new (HwTreeModel *model)
{
  HwRowFeed *self = g_object_new (HW_TYPE_ROW_FEED, NULL);

  self->model = g_object_ref (model);
  self->n_model = g_list_model_get_n_items (G_LIST_MODEL (model));
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "reset-done", G_CALLBACK (reset_done_cb), self, G_CONNECT_SWAPPED);

  return self;
}

/* Makes sure that a row is there, because it is to be selected or scrolled to. */
void
hw_row_feed_reach (HwRowFeed *self,
                   guint      position)
{
  guint n_shown = count_shown (self);

  if (self->limit == G_MAXUINT || position < n_shown)
    return;

  set_limit (self, G_MAXUINT);
  announce (self, n_shown, 0, count_shown (self) - n_shown);
}

/* Shows a portion more; FALSE when all is shown. */
gboolean
hw_row_feed_grow (HwRowFeed *self)
{
  guint n_shown = count_shown (self);

  if (self->limit == G_MAXUINT)
    return FALSE;

  set_limit (self, n_shown + PORTION < MIN (self->n_model, FULL) ? n_shown + PORTION : G_MAXUINT);
  announce (self, n_shown, 0, count_shown (self) - n_shown);

  return self->limit != G_MAXUINT;
}
