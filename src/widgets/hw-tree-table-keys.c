/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person does with a row: keys, context menu, copying, "What is this?". */
#include "config.h"

#include "widgets/hw-tree-expander.h"
#include "widgets/hw-menu-names.h"
#include "widgets/hw-tree-table-private.h"

#include <glib/gi18n-lib.h>

/* The first of the rows that came takes the place, the selection and the focus of the one that stood for them. */
static void
show_more (HwTreeTable *self,
           HwRow       *row)
{
  guint position = hw_row_get_position (row), n_rows;

  hw_tree_model_show_more (self->model, row);
  n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  if (n_rows > 0)
    hw_tree_table_select (self, MIN (position, n_rows - 1));
}

static void
toggle_row (HwTreeTable *self,
            HwRow       *row)
{
  if (hw_row_get_kind (row) == HW_ROW_MORE)
    show_more (self, row);
  else if (!hw_row_get_expandable (row))
    return;
  else if (hw_row_get_expanded (row))
    hw_tree_model_collapse (self->model, row);
  else
    hw_tree_model_expand (self->model, row);
}

static gboolean
go_to_parent (HwTreeTable *self,
              HwRow       *row)
{
  g_autoptr(HwRow) parent = hw_row_dup_parent (row);

  if (parent != NULL)
    hw_tree_table_select (self, hw_row_get_position (parent));

  return TRUE;
}

typedef enum
{
  KEY_OPEN,       /* the arrow that points into the tree */
  KEY_CLOSE,
  KEY_OPEN_ONLY,  /* the same arrow with Shift */
  KEY_CLOSE_ONLY,
  KEY_EXPAND,
  KEY_COLLAPSE,
  KEY_TOGGLE,
  KEY_PARENT,
} Key;

/* From right to left the arrows change places. */
static Key
mirror (Key key)
{
  switch (key)
    {
    case KEY_OPEN:
      return KEY_CLOSE;

    case KEY_CLOSE:
      return KEY_OPEN;

    case KEY_OPEN_ONLY:
      return KEY_CLOSE_ONLY;

    case KEY_CLOSE_ONLY:
      return KEY_OPEN_ONLY;

    case KEY_EXPAND:
    case KEY_COLLAPSE:
    case KEY_TOGGLE:
    case KEY_PARENT:
    default:
      return key;
    }
}

static gboolean
key_cb (GtkWidget *widget,
        GVariant  *args,
        gpointer   user_data G_GNUC_UNUSED)
{
  HwTreeTable *self = HW_TREE_TABLE (gtk_widget_get_ancestor (widget, HW_TYPE_TREE_TABLE));
  g_autoptr(HwRow) row = hw_tree_table_dup_current (self);
  Key key = g_variant_get_uint32 (args);

  /* On a header the keys are the header's. */
  if (row == NULL || hw_tree_table_get_focused_title (self) != NULL)
    return FALSE;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    key = mirror (key);

  switch (key)
    {
    case KEY_OPEN:
      if (hw_row_get_kind (row) == HW_ROW_MORE)
        show_more (self, row);
      else if (hw_row_get_expanded (row))
        hw_tree_table_select (self, hw_row_get_position (row) + 1);
      else
        hw_tree_model_expand (self->model, row);
      return TRUE;

    case KEY_CLOSE:
      if (!hw_row_get_expanded (row))
        return go_to_parent (self, row);
      hw_tree_model_collapse (self->model, row);
      return TRUE;

    case KEY_OPEN_ONLY:
    case KEY_EXPAND:
      hw_tree_model_expand (self->model, row);
      return TRUE;

    case KEY_CLOSE_ONLY:
    case KEY_COLLAPSE:
      hw_tree_model_collapse (self->model, row);
      return TRUE;

    case KEY_TOGGLE:
      toggle_row (self, row);
      return TRUE;

    case KEY_PARENT:
      return go_to_parent (self, row);

    default:
      return FALSE;
    }
}

static void
add_key (GtkEventController *controller,
         const char         *trigger,
         Key                 key)
{
  GtkShortcut *shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger),
                                            gtk_callback_action_new (key_cb, NULL, NULL));

  gtk_shortcut_set_arguments (shortcut, g_variant_new_uint32 (key));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
}

static void
copy_text (HwTreeTable *self,
           const char  *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
copy_row (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter G_GNUC_UNUSED)
{
  HwTreeTable *self = HW_TREE_TABLE (widget);
  g_autoptr(HwRow) row = hw_tree_table_dup_current (self);
  g_autoptr(GString) line = g_string_new (NULL);
  g_auto(HwRowText) text = { NULL, };

  if (row == NULL)
    return;

  hw_row_get_text (row, &text);
  if (g_str_equal (action, "row.copy-name"))
    g_string_append (line, text.value);
  else if (g_str_equal (action, "row.copy-id"))
    g_string_append_printf (line, "@%" G_GUINT64_FORMAT, text.object_id);
  else
    for (guint i = 0; i < self->n_columns; i++)
      {
        g_autofree char *cell = hw_tree_table_dup_cell (self, &self->columns[i], row);

        g_string_append_printf (line, "%s%s", i > 0 ? "\t" : "", cell);
      }
  copy_text (self, line->str);
}

static void
toggle_action (GtkWidget  *widget,
               const char *action G_GNUC_UNUSED,
               GVariant   *parameter G_GNUC_UNUSED)
{
  g_autoptr(HwRow) row = hw_tree_table_dup_current (HW_TREE_TABLE (widget));

  if (row != NULL)
    toggle_row (HW_TREE_TABLE (widget), row);
}

static void
reveal_action (GtkWidget  *widget,
               const char *action G_GNUC_UNUSED,
               GVariant   *parameter)
{
  g_autoptr(HwRow) row = hw_tree_table_dup_current (HW_TREE_TABLE (widget));

  if (row != NULL)
    g_signal_emit_by_name (widget, "reveal", g_variant_get_string (parameter, NULL), row);
}

/* Where the focused row is, in the table's coordinates. */
static void
get_row_place (HwTreeTable  *self,
               GdkRectangle *place)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  graphene_rect_t bounds;
  float inset;

  *place = (GdkRectangle) { gtk_widget_get_width (GTK_WIDGET (self)) / 2, 24, 1, 1 };
  if (focus == NULL || focus == GTK_WIDGET (self->view) || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view)) ||
      !gtk_widget_compute_bounds (focus, GTK_WIDGET (self), &bounds))
    return;

  /* Where the name begins. */
  inset = MIN (bounds.size.width / 2, 120);
  place->x = (int) (gtk_widget_get_direction (focus) == GTK_TEXT_DIR_RTL ? bounds.origin.x + bounds.size.width - inset
                                                                          : bounds.origin.x + inset);
  place->y = (int) bounds.origin.y;
  place->height = (int) bounds.size.height;
}

/**
 * hw_tree_table_dup_explanation:
 * @self: a table
 * @row: a row
 *
 * Returns: (transfer full): the row in full, its sizes in bytes, and what the words in it mean
 */
char *
hw_tree_table_dup_explanation (HwTreeTable *self,
                               HwRow       *row)
{
  g_autofree char *name = hw_tree_table_dup_cell (self, &self->columns[0], row);
  g_autofree char *words = NULL;
  GString *text = g_string_new (name);
  gint64 value;

  for (guint i = 0; i < self->n_columns; i++)
    if ((self->columns[i].kind == HW_CELL_SIZE || self->columns[i].kind == HW_CELL_TOTAL) &&
        hw_row_get_measure (row, self->columns[i].measure, &value))
      {
        g_autofree char *bytes = hw_format_bytes ((guint64) value);

        g_string_append_printf (text, "\n%s: %s", self->columns[i].title, bytes);
      }
  g_signal_emit_by_name (self, "explain", row, &words);
  if (words != NULL)
    g_string_append_printf (text, "\n\n%s", words);

  return g_string_free (text, FALSE);
}

/* Over a header: what the column means; over a row: the row in full and what its words mean. */
gboolean
hw_tree_table_query_tooltip (HwTreeTable *self,
                             int          x,
                             int          y,
                             gboolean     keyboard,
                             GtkTooltip  *tooltip)
{
  const HwTableColumn *column = NULL;
  g_autoptr(HwRow) row = NULL;
  g_autofree char *text = NULL;

  if (keyboard)
    column = hw_tree_table_get_focused_title (self);
  else
    {
      GtkWidget *title = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

      while (title != NULL && title != GTK_WIDGET (self) && column == NULL)
        {
          column = hw_tree_table_get_title_column (self, title);
          title = gtk_widget_get_parent (title);
        }
    }
  if (column != NULL)
    {
      gtk_tooltip_set_text (tooltip, column->explanation);
      return TRUE;
    }

  row = keyboard ? hw_tree_table_dup_current (self) : hw_tree_table_dup_row_at (self, x, y);
  if (row == NULL || hw_row_get_kind (row) == HW_ROW_MORE)
    return FALSE;
  text = hw_tree_table_dup_explanation (self, row);
  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static void
explain_action (GtkWidget  *widget,
                const char *action G_GNUC_UNUSED,
                GVariant   *parameter G_GNUC_UNUSED)
{
  HwTreeTable *self = HW_TREE_TABLE (widget);
  const HwTableColumn *title = hw_tree_table_get_focused_title (self);
  g_autoptr(HwRow) row = hw_tree_table_dup_current (self);
  g_autofree char *words = NULL;
  GdkRectangle place;

  if (title != NULL)
    words = g_strdup (title->explanation);
  else if (row != NULL && hw_row_get_kind (row) != HW_ROW_MORE)
    words = hw_tree_table_dup_explanation (self, row);
  else
    return;

  if (self->explanation == NULL)
    {
      GtkWidget *label = gtk_label_new (NULL);

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 48);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_set_margin_start (label, 6);
      gtk_widget_set_margin_end (label, 6);
      gtk_widget_set_margin_top (label, 6);
      gtk_widget_set_margin_bottom (label, 6);

      self->explanation = GTK_POPOVER (gtk_popover_new ());
      gtk_popover_set_child (self->explanation, label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->explanation), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _("What is this?"), -1);
      gtk_widget_set_parent (GTK_WIDGET (self->explanation), widget);
    }
  gtk_label_set_text (GTK_LABEL (gtk_popover_get_child (self->explanation)), words);
  get_row_place (self, &place);
  gtk_popover_set_pointing_to (self->explanation, &place);
  gtk_popover_popup (self->explanation);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static GMenuModel *
make_menu (HwTreeTable *self,
           HwRow       *row)
{
  g_autoptr(GMenu) menu = g_menu_new ();
  g_autoptr(GMenu) open = g_menu_new ();
  g_autoptr(GMenu) reveal = g_menu_new ();
  g_autoptr(GMenu) copy = g_menu_new ();
  HwNodeId node = hw_row_get_node (row);

  if (hw_row_get_expandable (row))
    g_menu_append (open, hw_row_get_expanded (row) ? _("_Close") : _("_Open"), "row.toggle");
  g_menu_append (open, _("_What Is This?"), "row.explain");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (open));

  if (node.value != HW_NONE && hw_row_get_kind (row) != HW_ROW_REMOVED)
    {
      /* What has no size of its own is in no constructor's list. */
      if (hw_heap_get_shallow_size (hw_row_get_heap (row), node) > 0 && !g_str_equal (self->name, "summary"))
        g_menu_append (reveal, _("Show in _Summary"), "row.reveal('summary')");
      if (!g_str_equal (self->name, "containment"))
        g_menu_append (reveal, _("Show in _Containment"), "row.reveal('containment')");
      g_menu_append_section (menu, NULL, G_MENU_MODEL (reveal));
    }

  g_menu_append (copy, _("_Copy Row"), "row.copy");
  g_menu_append (copy, _("Copy _Name"), "row.copy-name");
  if (node.value != HW_NONE)
    g_menu_append (copy, _("Copy _Id"), "row.copy-id");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (copy));

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
popup_menu (HwTreeTable        *self,
            const GdkRectangle *place)
{
  g_autoptr(HwRow) row = hw_tree_table_dup_current (self);
  g_autoptr(GMenuModel) menu = NULL;

  if (row == NULL || hw_row_get_kind (row) == HW_ROW_MORE)
    return;

  menu = make_menu (self, row);
  if (self->menu == NULL)
    {
      self->menu = GTK_POPOVER (gtk_popover_menu_new_from_model (menu));
      gtk_popover_set_has_arrow (self->menu, FALSE);
      gtk_widget_set_halign (GTK_WIDGET (self->menu), GTK_ALIGN_START);
      gtk_widget_set_parent (GTK_WIDGET (self->menu), GTK_WIDGET (self));
      hw_menu_names_keep (GTK_WIDGET (self->menu));
    }
  else
    gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), menu);
  gtk_popover_set_pointing_to (self->menu, place);
  gtk_popover_popup (self->menu);
}

static void
menu_action (GtkWidget  *widget,
             const char *action G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  GdkRectangle place;

  get_row_place (HW_TREE_TABLE (widget), &place);
  popup_menu (HW_TREE_TABLE (widget), &place);
}

static void
secondary_pressed_cb (HwTreeTable *self,
                      int          n_press G_GNUC_UNUSED,
                      double       x,
                      double       y)
{
  g_autoptr(HwRow) row = hw_tree_table_dup_row_at (self, x, y);

  /* The row under the pointer is meant, not the one that happens to be selected. */
  if (row == NULL)
    return;
  hw_tree_table_select (self, hw_row_get_position (row));
  popup_menu (self, &(GdkRectangle) { (int) x, (int) y, 1, 1 });
}

/* On a triangle: opens and closes, and does not select. */
static void
primary_pressed_cb (HwTreeTable *self,
                    int          n_press G_GNUC_UNUSED,
                    double       x,
                    double       y,
                    GtkGesture  *gesture)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  graphene_point_t place;

  while (widget != NULL && !HW_IS_TREE_EXPANDER (widget))
    widget = widget != GTK_WIDGET (self) ? gtk_widget_get_parent (widget) : NULL;

  if (widget != NULL &&
      gtk_widget_compute_point (GTK_WIDGET (self), widget, &GRAPHENE_POINT_INIT ((float) x, (float) y), &place) &&
      hw_tree_expander_press (HW_TREE_EXPANDER (widget), place.x))
    gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

/* "n more…" is a button in the shape of a row. */
static void
primary_released_cb (HwTreeTable *self,
                     int          n_press,
                     double       x,
                     double       y)
{
  g_autoptr(HwRow) row = n_press == 1 ? hw_tree_table_dup_row_at (self, x, y) : NULL;

  if (row != NULL && hw_row_get_kind (row) == HW_ROW_MORE)
    show_more (self, row);
}

/* The actions that stand in the class, so that menus and keys find them. */
void
hw_tree_table_class_keys (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "row.copy", NULL, copy_row);
  gtk_widget_class_install_action (klass, "row.copy-name", NULL, copy_row);
  gtk_widget_class_install_action (klass, "row.copy-id", NULL, copy_row);
  gtk_widget_class_install_action (klass, "row.toggle", NULL, toggle_action);
  gtk_widget_class_install_action (klass, "row.explain", NULL, explain_action);
  gtk_widget_class_install_action (klass, "row.menu", NULL, menu_action);
  gtk_widget_class_install_action (klass, "row.reveal", "s", reveal_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_c, GDK_CONTROL_MASK, "row.copy", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_i, GDK_CONTROL_MASK, "row.explain", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Menu, 0, "row.menu", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F10, GDK_SHIFT_MASK, "row.menu", NULL);
}

/* The keys of the tree come before the column view's own. */
void
hw_tree_table_install_keys (HwTreeTable *self)
{
  static const struct { const char *trigger; Key key; } keys[] = {
    { "Right", KEY_OPEN }, { "KP_Right", KEY_OPEN },
    { "Left", KEY_CLOSE }, { "KP_Left", KEY_CLOSE },
    { "<Shift>Right|<Control><Shift>Right", KEY_OPEN_ONLY },
    { "<Shift>Left|<Control><Shift>Left", KEY_CLOSE_ONLY },
    { "plus|KP_Add", KEY_EXPAND }, { "asterisk|KP_Multiply", KEY_EXPAND },
    { "minus|KP_Subtract", KEY_COLLAPSE }, { "slash|KP_Divide", KEY_COLLAPSE },
    { "<Control>space", KEY_TOGGLE },
    { "BackSpace", KEY_PARENT },
  };
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkGesture *primary = gtk_gesture_click_new ();

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    add_key (controller, keys[i].trigger, keys[i].key);
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self->view), controller);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (secondary, "pressed", G_CALLBACK (secondary_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (secondary));

  /* Before the row selects itself: by then it may stand for something else. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (primary), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (primary, "pressed", G_CALLBACK (primary_pressed_cb), self);
  g_signal_connect_swapped (primary, "released", G_CALLBACK (primary_released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (primary));
}
