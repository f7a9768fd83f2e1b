/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/hw-format.h"
#include "model/hw-row-private.h"
#include "model/hw-tree-model-private.h"

struct _HwRow
{
  GObject       parent_instance;

  HwTreeModel  *model;       /* not owned; NULL once the model is gone */
  HwTreeSource *source;      /* owned; what the row asks */
  HwTreeItem    item;        /* what the row is */
  HwTreePlace   place;       /* where it is; without parent while it is not in the model */
  guint         depth;
  guint         expandable : 1;
  guint         expanded : 1;
};

typedef enum
{
  PROP_EXPANDABLE = 1,
  PROP_EXPANDED,
} HwRowProperty;

static GParamSpec *properties[PROP_EXPANDED + 1];

G_DEFINE_FINAL_TYPE (HwRow, hw_row, G_TYPE_OBJECT)

static void
hw_row_dispose (GObject *object)
{
  HwRow *self = HW_ROW (object);

  if (self->model != NULL)
    hw_tree_model_row_gone (self->model, self);
  self->model = NULL;

  hw_row_unplace (self);
  g_clear_object (&self->source);

  G_OBJECT_CLASS (hw_row_parent_class)->dispose (object);
}

static void
hw_row_get_property (GObject    *object,
                     guint       prop_id,
                     GValue     *value,
                     GParamSpec *pspec)
{
  HwRow *self = HW_ROW (object);

  switch ((HwRowProperty) prop_id)
    {
    case PROP_EXPANDABLE:
      g_value_set_boolean (value, self->expandable);
      break;

    case PROP_EXPANDED:
      g_value_set_boolean (value, self->expanded);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_row_class_init (HwRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hw_row_dispose;
  object_class->get_property = hw_row_get_property;

  /**
   * HwRow:expandable:
   *
   * Whether the row can be opened.
   */
  properties[PROP_EXPANDABLE] =
    g_param_spec_boolean ("expandable", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * HwRow:expanded:
   *
   * Whether the row is open.
   */
  properties[PROP_EXPANDED] =
    g_param_spec_boolean ("expanded", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
hw_row_init (HwRow *self)
{
  /* Of no tree yet: says nothing and cannot be opened. */
  self->item = (HwTreeItem) { .id = HW_NONE, .other = HW_NONE, .kind = HW_ROW_MORE };
}

HwRow *
hw_row_new (HwTreeModel *model,
            guint64      key)
{
  HwRow *self = g_object_new (HW_TYPE_ROW, NULL);

  self->model = model;
  self->item.key = key;

  return self;
}

const guint64 *
hw_row_peek_key (HwRow *self)
{
  return &self->item.key;
}

void
hw_row_place (HwRow             *self,
              HwTreeSource      *source,
              const HwTreePlace *place,
              const HwTreeItem  *item)
{
  g_assert (item->key == self->item.key);

  g_set_object (&self->source, source);
  self->place = *place;
  self->item = *item;
  self->depth = place->parent->depth;
}

void
hw_row_unplace (HwRow *self)
{
  self->place.parent = NULL;
}

const HwTreePlace *
hw_row_get_place (HwRow *self)
{
  return self->place.parent != NULL ? &self->place : NULL;
}

/* (nullable): NULL once the model is gone */
HwTreeModel *
hw_row_get_model (HwRow *self)
{
  return self->model;
}

void
hw_row_forget_model (HwRow *self)
{
  self->model = NULL;
  hw_row_unplace (self);
}

void
hw_row_set_state (HwRow    *self,
                  gboolean  expandable,
                  gboolean  expanded)
{
  g_object_freeze_notify (G_OBJECT (self));

  if (self->expandable != !!expandable)
    {
      self->expandable = !!expandable;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPANDABLE]);
    }

  if (self->expanded != !!expanded)
    {
      self->expanded = !!expanded;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPANDED]);
    }

  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * hw_row_get_kind:
 * @self: a row
 *
 * Returns: what the row stands for
 */
HwRowKind
hw_row_get_kind (HwRow *self)
{
  g_return_val_if_fail (HW_IS_ROW (self), HW_ROW_MORE);

  return self->item.kind;
}

/**
 * hw_row_get_depth:
 * @self: a row
 *
 * Returns: how many rows are above it in the tree; 0 for a topmost row
 */
guint
hw_row_get_depth (HwRow *self)
{
  g_return_val_if_fail (HW_IS_ROW (self), 0);

  return self->depth;
}

/**
 * hw_row_get_expandable:
 * @self: a row
 *
 * Returns: whether the row can be opened
 */
gboolean
hw_row_get_expandable (HwRow *self)
{
  g_return_val_if_fail (HW_IS_ROW (self), FALSE);

  return self->expandable;
}

/**
 * hw_row_get_expanded:
 * @self: a row
 *
 * Returns: whether the row is open
 */
gboolean
hw_row_get_expanded (HwRow *self)
{
  g_return_val_if_fail (HW_IS_ROW (self), FALSE);

  return self->expanded;
}

/**
 * hw_row_get_position:
 * @self: a row
 *
 * Cost: O(depth × log open rows).
 *
 * Returns: the row's position in its model, or `G_MAXUINT` when it is not in it (any more)
 */
guint
hw_row_get_position (HwRow *self)
{
  g_return_val_if_fail (HW_IS_ROW (self), G_MAXUINT);

  if (self->place.parent == NULL)
    return G_MAXUINT;

  return hw_tree_node_get_place_position (&self->place);
}

/**
 * hw_row_dup_parent:
 * @self: a row
 *
 * Returns: (transfer full) (nullable): the row above in the tree, or NULL
 */
HwRow *
hw_row_dup_parent (HwRow *self)
{
  HwTreeNode *parent;
  HwTreePlace place;

  g_return_val_if_fail (HW_IS_ROW (self), NULL);

  parent = self->place.parent;
  if (self->model == NULL || parent == NULL || parent->parent == NULL)
    return NULL;

  place = (HwTreePlace) { parent->parent, parent->index, HW_TREE_PLACE_CHILD };

  return hw_tree_model_dup_row (self->model, &place);
}

/**
 * hw_row_get_heap:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the heap that the row's object is in; NULL while it is being made
 */
HwHeap *
hw_row_get_heap (HwRow *self)
{
  g_return_val_if_fail (HW_IS_ROW (self), NULL);

  return hw_tree_source_get_heap (self->source, &self->item);
}

/**
 * hw_row_get_node:
 * @self: a row
 *
 * Returns: the row's object: of a reference its target, of a retainer its source; HW_NODE_NONE when
 *   the row is no object
 */
HwNodeId
hw_row_get_node (HwRow *self)
{
  g_return_val_if_fail (HW_IS_ROW (self), HW_NODE_NONE);

  if (self->item.kind == HW_ROW_MORE)
    return HW_NODE_NONE;

  return hw_tree_source_get_node (self->source, &self->item);
}

/**
 * hw_row_get_base_heap:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the heap of hw_row_get_base_node(), or NULL when there is none
 */
HwHeap *
hw_row_get_base_heap (HwRow *self)
{
  HwTreeItem item;

  g_return_val_if_fail (HW_IS_ROW (self), NULL);

  if (hw_row_get_base_node (self).value == HW_NONE)
    return NULL;

  item = self->item;
  item.flags |= HW_TREE_ITEM_BASE;

  return hw_tree_source_get_heap (self->source, &item);
}

/**
 * hw_row_get_base_node:
 * @self: a row of a comparison
 *
 * Returns: the same object in the base heap, or HW_NODE_NONE
 */
HwNodeId
hw_row_get_base_node (HwRow *self)
{
  g_return_val_if_fail (HW_IS_ROW (self), HW_NODE_NONE);

  if ((self->item.flags & HW_TREE_ITEM_BASE) != 0)
    return hw_row_get_node (self);

  return HW_NODE (self->item.other);
}

/**
 * hw_row_get_edge:
 * @self: a row
 *
 * Returns: the edge of a reference or retainer, else HW_EDGE_NONE
 */
HwEdgeId
hw_row_get_edge (HwRow *self)
{
  g_return_val_if_fail (HW_IS_ROW (self), HW_EDGE_NONE);

  if (self->item.kind != HW_ROW_REFERENCE && self->item.kind != HW_ROW_RETAINER)
    return HW_EDGE_NONE;

  return HW_EDGE (self->item.id);
}

/**
 * hw_row_get_class:
 * @self: a row
 *
 * Returns: the constructor that the row is or that its object has, or HW_CLASS_NONE
 */
HwClassId
hw_row_get_class (HwRow *self)
{
  g_return_val_if_fail (HW_IS_ROW (self), HW_CLASS_NONE);

  if (self->item.kind == HW_ROW_MORE)
    return HW_CLASS_NONE;

  return hw_tree_source_get_class (self->source, &self->item);
}

/**
 * hw_row_get_measure:
 * @self: a row
 * @measure: a column
 * @value: (out): bytes, a count or a distance
 *
 * Returns: FALSE when the cell is empty
 */
gboolean
hw_row_get_measure (HwRow     *self,
                    HwMeasure  measure,
                    gint64    *value)
{
  g_return_val_if_fail (HW_IS_ROW (self), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  *value = 0;

  if (self->item.kind == HW_ROW_MORE)
    return FALSE;

  return hw_tree_source_get_measure (self->source, &self->item, measure, value);
}

/**
 * hw_row_get_pending:
 * @self: a row
 * @measure: a column
 *
 * Returns: whether the cell's value is still being computed
 */
gboolean
hw_row_get_pending (HwRow     *self,
                    HwMeasure  measure)
{
  g_return_val_if_fail (HW_IS_ROW (self), FALSE);

  if (self->item.kind == HW_ROW_MORE)
    return FALSE;

  return hw_tree_source_get_pending (self->source, &self->item, measure);
}

static void
get_more_text (HwRow     *self,
               HwRowText *text)
{
  const HwTreeNode *node = self->place.parent;
  g_autofree char *count = NULL;
  guint32 n;

  *text = (HwRowText) { .joiner = "", .value_style = HW_TEXT_STYLE_ENGINE };

  if (node == NULL)
    {
      text->value = g_strdup ("…");
      return;
    }

  if (self->place.kind == HW_TREE_PLACE_BEFORE)
    {
      count = hw_format_count (node->first);
      /* Translators: a row in place of many rows above; %s is a number */
      text->value = g_strdup_printf (ngettext ("%s before…", "%s before…", node->first), count);
      return;
    }

  n = node->list->n - node->first - node->n_shown;
  count = hw_format_count (n);
  /* Translators: a row in place of many rows below; %s is a number */
  text->value = g_strdup_printf (ngettext ("%s more…", "%s more…", n), count);
}

/**
 * hw_row_get_text:
 * @self: a row
 * @text: (out caller-allocates): the row's first column; free with hw_row_text_clear()
 *
 * Tells what the first column shows. Long texts are cut.
 */
void
hw_row_get_text (HwRow     *self,
                 HwRowText *text)
{
  g_return_if_fail (HW_IS_ROW (self));
  g_return_if_fail (text != NULL);

  if (self->item.kind == HW_ROW_MORE)
    get_more_text (self, text);
  else
    hw_tree_source_get_text (self->source, &self->item, text);
}

static const HwMeasure spoken_measures[] = {
  HW_MEASURE_ADDED_COUNT,
  HW_MEASURE_REMOVED_COUNT,
  HW_MEASURE_ADDED_SIZE,
  HW_MEASURE_REMOVED_SIZE,
  HW_MEASURE_SIZE_DELTA,
  HW_MEASURE_DISTANCE,
  HW_MEASURE_SHALLOW_SIZE,
  HW_MEASURE_RETAINED_SIZE,
};

/* A measure as a part of a sentence. */
static char *
speak_measure (HwMeasure measure,
               gint64    value)
{
  g_autofree char *shown = NULL;

  switch (measure)
    {
    case HW_MEASURE_ADDED_COUNT:
      shown = hw_format_count ((guint64) value);
      /* Translators: the following are parts of what a screen reader speaks for a row; %s is a number */
      return g_strdup_printf (_("%s new"), shown);

    case HW_MEASURE_REMOVED_COUNT:
      shown = hw_format_count ((guint64) value);
      return g_strdup_printf (_("%s deleted"), shown);

    case HW_MEASURE_ADDED_SIZE:
      shown = hw_format_size ((guint64) value);
      return g_strdup_printf (_("allocated %s"), shown);

    case HW_MEASURE_REMOVED_SIZE:
      shown = hw_format_size ((guint64) value);
      return g_strdup_printf (_("freed %s"), shown);

    case HW_MEASURE_SIZE_DELTA:
      shown = hw_format_size_delta (value);
      return g_strdup_printf (_("size delta %s"), shown);

    case HW_MEASURE_DISTANCE:
      shown = hw_format_distance (value);
      return g_strdup_printf (_("distance %s"), shown);

    case HW_MEASURE_SHALLOW_SIZE:
      shown = hw_format_size ((guint64) value);
      return g_strdup_printf (_("shallow size %s"), shown);

    case HW_MEASURE_RETAINED_SIZE:
      shown = hw_format_size ((guint64) value);
      return g_strdup_printf (_("retained size %s"), shown);

    case HW_MEASURE_NAME:
    case HW_MEASURE_COUNT_DELTA:
    case HW_MEASURE_COUNT:
    case HW_MEASURE_BASE_COUNT:
    case HW_MEASURE_BASE_SHALLOW_SIZE:
    case HW_MEASURE_BASE_RETAINED_SIZE:
    case HW_N_MEASURES:
    default:
      return g_strdup ("");
    }
}

/**
 * hw_row_dup_label:
 * @self: a row
 *
 * Makes the row's accessible label: what a person would say who reads the row aloud.
 *
 * Returns: (transfer full): a label
 */
char *
hw_row_dup_label (HwRow *self)
{
  g_auto(HwRowText) text = { 0 };
  GString *label;

  g_return_val_if_fail (HW_IS_ROW (self), NULL);

  hw_row_get_text (self, &text);
  label = g_string_new (NULL);

  if (text.edge != NULL)
    g_string_append_printf (label, "%s%s", text.edge, text.joiner);
  g_string_append (label, text.value);
  if (text.object_id != 0)
    g_string_append_printf (label, " @%" G_GUINT64_FORMAT, text.object_id);

  if (text.count > 0)
    {
      g_autofree char *count = hw_format_count (text.count);

      g_string_append (label, ", ");
      g_string_append_printf (label, ngettext ("%s object", "%s objects", (gulong) text.count), count);
    }

  if (self->item.kind == HW_ROW_ADDED)
    g_string_append_printf (label, ", %s", _("new"));
  else if (self->item.kind == HW_ROW_REMOVED)
    g_string_append_printf (label, ", %s", _("deleted"));
  if (text.detached)
    g_string_append_printf (label, ", %s", _("detached"));
  if (text.cycled)
    g_string_append_printf (label, ", %s", _("already open above"));

  for (gsize i = 0; i < G_N_ELEMENTS (spoken_measures); i++)
    {
      const HwMeasure measure = spoken_measures[i];
      g_autofree char *spoken = NULL;
      gint64 value;

      /* An object is new or deleted, not "1 new", and weighs what it weighs. Nothing is not news. */
      if ((self->item.kind != HW_ROW_DIFF_CLASS && measure > HW_MEASURE_RETAINED_SIZE) ||
          !hw_row_get_measure (self, measure, &value) ||
          (value == 0 && measure > HW_MEASURE_RETAINED_SIZE))
        continue;

      spoken = speak_measure (measure, value);
      g_string_append_printf (label, ", %s", spoken);
    }

  /* True of most rows, so it is heard last. */
  if (text.reachable_from_window && text.value_style != HW_TEXT_STYLE_STRING)
    g_string_append_printf (label, ", %s", _("a script can reach it"));

  return g_string_free (label, FALSE);
}
