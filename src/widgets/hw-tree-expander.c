/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/hw-tree-expander.h"

#define INDENT     18
#define MIN_INDENT 6
#define ICON       16
#define GAP        4

/* Deeper rows are not pushed further, or nothing of them would be left to read. */
#define MAX_INDENT_LEVELS 24

struct _HwTreeExpander
{
  GtkWidget    parent_instance;

  GtkWidget   *child;
  HwTreeModel *model;   /* owned while a row is set */
  HwRow       *row;     /* owned */
  gulong       handler;
  gboolean     hollow;
};

G_DEFINE_FINAL_TYPE (HwTreeExpander, hw_tree_expander, GTK_TYPE_WIDGET)

/* In a narrow column the levels move together, and the text is left some room whatever the level. */
static int
get_indent (HwTreeExpander *self,
            int             width)
{
  int levels = self->row != NULL ? (int) MIN (hw_row_get_depth (self->row), MAX_INDENT_LEVELS) : 0;

  return MIN (levels * CLAMP (width / 20, MIN_INDENT, INDENT), MAX (width - ICON - GAP - 40, 0));
}

static gboolean
can_open (HwTreeExpander *self)
{
  return self->row != NULL && !self->hollow && hw_row_get_expandable (self->row);
}

static void
update_state (HwTreeExpander *self)
{
  if (can_open (self))
    gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED, hw_row_get_expanded (self->row), -1);
  else
    gtk_accessible_reset_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
toggle (GtkWidget  *widget,
        const char *action,
        GVariant   *parameter G_GNUC_UNUSED)
{
  HwTreeExpander *self = HW_TREE_EXPANDER (widget);
  gboolean expand;

  if (!can_open (self))
    return;

  expand = g_str_equal (action, "listitem.expand") ||
           (g_str_equal (action, "listitem.toggle-expand") && !hw_row_get_expanded (self->row));
  if (expand)
    hw_tree_model_expand (self->model, self->row);
  else
    hw_tree_model_collapse (self->model, self->row);
}

static void
hw_tree_expander_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  HwTreeExpander *self = HW_TREE_EXPANDER (widget);

  gtk_widget_measure (self->child, orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum += ICON + GAP;
      *natural += ICON + GAP;
    }
  else
    {
      *minimum = MAX (*minimum, ICON);
      *natural = MAX (*natural, ICON);
    }
}

static void
hw_tree_expander_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  HwTreeExpander *self = HW_TREE_EXPANDER (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int indent = get_indent (self, width);
  int text = MAX (width - indent - ICON - GAP, 1);

  gtk_widget_size_allocate (self->child,
                            &(GtkAllocation) { rtl ? 0 : indent + ICON + GAP, 0, text, height }, baseline);
}

/* A widget for the triangle would be one more for each of the rows that a table keeps. */
static void
hw_tree_expander_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  HwTreeExpander *self = HW_TREE_EXPANDER (widget);
  int width = gtk_widget_get_width (widget);
  int indent = get_indent (self, width);

  if (can_open (self))
    {
      GtkTextDirection direction = gtk_widget_get_direction (widget);
      /* The theme keeps the icons that were looked up last. */
      g_autoptr(GtkIconPaintable) icon =
        gtk_icon_theme_lookup_icon (gtk_icon_theme_get_for_display (gtk_widget_get_display (widget)),
                                    hw_row_get_expanded (self->row) ? "pan-down-symbolic" : "pan-end-symbolic",
                                    NULL, ICON, gtk_widget_get_scale_factor (widget), direction, 0);
      int x = direction == GTK_TEXT_DIR_RTL ? width - indent - ICON : indent;
      GdkRGBA colour;

      gtk_widget_get_color (widget, &colour);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) ((gtk_widget_get_height (widget) - ICON) / 2)));
      gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, ICON, ICON, &colour, 1);
      gtk_snapshot_restore (snapshot);
    }

  gtk_widget_snapshot_child (widget, self->child, snapshot);
}

static void
hw_tree_expander_dispose (GObject *object)
{
  HwTreeExpander *self = HW_TREE_EXPANDER (object);

  hw_tree_expander_set_row (self, NULL, NULL);
  g_clear_pointer (&self->child, gtk_widget_unparent);

  G_OBJECT_CLASS (hw_tree_expander_parent_class)->dispose (object);
}

static void
hw_tree_expander_class_init (HwTreeExpanderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = hw_tree_expander_dispose;
  widget_class->measure = hw_tree_expander_measure;
  widget_class->size_allocate = hw_tree_expander_size_allocate;
  widget_class->snapshot = hw_tree_expander_snapshot;

  gtk_widget_class_set_css_name (widget_class, "hwexpander");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
  gtk_widget_class_install_action (widget_class, "listitem.expand", NULL, toggle);
  gtk_widget_class_install_action (widget_class, "listitem.collapse", NULL, toggle);
  gtk_widget_class_install_action (widget_class, "listitem.toggle-expand", NULL, toggle);
}

static void
hw_tree_expander_init (HwTreeExpander *self G_GNUC_UNUSED)
{
}

/**
 * hw_tree_expander_new:
 * @child: what stands behind the triangle
 *
 * Returns: (transfer floating): an expander without a row
 */
GtkWidget *
hw_tree_expander_new (GtkWidget *child)
{
  HwTreeExpander *self = g_object_new (HW_TYPE_TREE_EXPANDER, NULL);

  self->child = child;
  gtk_widget_set_parent (child, GTK_WIDGET (self));

  return GTK_WIDGET (self);
}

/**
 * hw_tree_expander_get_child:
 * @self: an expander
 *
 * Returns: (transfer none): what stands behind the triangle
 */
GtkWidget *
hw_tree_expander_get_child (HwTreeExpander *self)
{
  g_return_val_if_fail (HW_IS_TREE_EXPANDER (self), NULL);

  return self->child;
}

/**
 * hw_tree_expander_get_row:
 * @self: an expander
 *
 * Returns: (transfer none) (nullable): the row it stands for
 */
HwRow *
hw_tree_expander_get_row (HwTreeExpander *self)
{
  g_return_val_if_fail (HW_IS_TREE_EXPANDER (self), NULL);

  return self->row;
}

/**
 * hw_tree_expander_set_row:
 * @self: an expander
 * @model: (nullable): the model of the row
 * @row: (nullable): the row to stand for, or NULL
 *
 * Follows a row.
 */
void
hw_tree_expander_set_row (HwTreeExpander *self,
                          HwTreeModel    *model,
                          HwRow          *row)
{
  g_return_if_fail (HW_IS_TREE_EXPANDER (self));

  g_clear_signal_handler (&self->handler, self->row);
  g_set_object (&self->model, model);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;

  self->handler = g_signal_connect_swapped (row, "notify", G_CALLBACK (update_state), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LEVEL, (int) hw_row_get_depth (row) + 1, -1);
  update_state (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/**
 * hw_tree_expander_press:
 * @self: an expander
 * @x: where, in pixels from the expander's left side
 *
 * Opens or closes the row if it can be opened and the place is the triangle or the strip before it. A table
 * has one gesture for all its expanders.
 *
 * Returns: whether that was meant
 */
gboolean
hw_tree_expander_press (HwTreeExpander *self,
                        double          x)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int start = get_indent (self, width);
  double at = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? width - x : x;

  g_return_val_if_fail (HW_IS_TREE_EXPANDER (self), FALSE);

  if (at < start - GAP || at > start + ICON + GAP || !can_open (self))
    return FALSE;

  gtk_widget_activate_action (GTK_WIDGET (self), "listitem.toggle-expand", NULL);

  return TRUE;
}

/**
 * hw_tree_expander_set_hollow:
 * @self: an expander
 * @hollow: whether its row stands for nothing here, but only in another pane
 *
 * Shows no triangle whatever the row. Takes effect with the next row.
 */
void
hw_tree_expander_set_hollow (HwTreeExpander *self,
                             gboolean        hollow)
{
  g_return_if_fail (HW_IS_TREE_EXPANDER (self));

  self->hollow = hollow;
}
