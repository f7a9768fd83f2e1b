/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>

#include "base/hw-format.h"
#include "widgets/hw-cell-metrics-private.h"
#include "widgets/hw-text-cell.h"

/* A name longer than this is never fully visible; the tool tip and Copy give more. */
#define NATURAL_CHARS 24

/* Of engine names, ids and counts: readable, but behind what the program's own names say. */
#define QUIET_ALPHA 0.68f

typedef struct
{
  gsize       start, end;  /* bytes */
  HwTextStyle style;
  gboolean    quiet;
} Part;

struct _HwTextCell
{
  GtkWidget    parent_instance;

  GString     *text;
  gsize        tail;       /* where count and id begin, which are never cut off */
  Part         parts[3];
  guint        n_parts;
  PangoLayout *layout;     /* made when first drawn */
  PangoLayout *tail_layout;
};

G_DEFINE_FINAL_TYPE (HwTextCell, hw_text_cell, GTK_TYPE_WIDGET)

static void
add_part (HwTextCell  *self,
          const char  *text,
          HwTextStyle  style,
          gboolean     quiet)
{
  Part *part = &self->parts[self->n_parts++];

  part->start = self->text->len;
  g_string_append (self->text, text);
  part->end = self->text->len;
  part->style = style;
  part->quiet = quiet;
}

static void
insert_colour (PangoAttrList *attributes,
               const Part    *part,
               const GdkRGBA *colour)
{
  PangoAttribute *foreground = pango_attr_foreground_new ((guint16) (colour->red * 65535),
                                                          (guint16) (colour->green * 65535),
                                                          (guint16) (colour->blue * 65535));

  foreground->start_index = (guint) part->start;
  foreground->end_index = (guint) part->end;
  pango_attr_list_insert (attributes, foreground);
}

/* GNOME's palette, in the shade that is legible on the style's background. */
static gboolean
get_style_colour (HwTextStyle  style,
                  gboolean     dark,
                  GdkRGBA     *colour)
{
  g_autoptr(GdkRGBA) accent = NULL;
  const char *name = NULL;

  switch (style)
    {
    case HW_TEXT_STYLE_STRING:
      name = dark ? "#8ff0a4" : "#1a6b3a";
      break;
    case HW_TEXT_STYLE_NUMBER:
    case HW_TEXT_STYLE_EDGE_CONTEXT:
      name = dark ? "#dc8add" : "#813d9c";
      break;
    case HW_TEXT_STYLE_EDGE_PROPERTY:
      accent = adw_style_manager_get_accent_color_rgba (adw_style_manager_get_default ());
      adw_rgba_to_standalone (accent, dark, colour);
      return TRUE;
    case HW_TEXT_STYLE_OBJECT:
    case HW_TEXT_STYLE_FUNCTION:
    case HW_TEXT_STYLE_ENGINE:
    case HW_TEXT_STYLE_EDGE_ENGINE:
    default:
      return FALSE;
    }

  return gdk_rgba_parse (colour, name);
}

static PangoAttrList *
make_attributes (HwTextCell *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  PangoAttrList *attributes = pango_attr_list_new ();
  gboolean dark = adw_style_manager_get_dark (manager);

  /* High contrast means: the text's own colour. */
  if (adw_style_manager_get_high_contrast (manager))
    return attributes;

  for (guint i = 0; i < self->n_parts; i++)
    {
      const Part *part = &self->parts[i];
      GdkRGBA colour;

      if (part->quiet || part->style == HW_TEXT_STYLE_ENGINE || part->style == HW_TEXT_STYLE_EDGE_ENGINE)
        {
          PangoAttribute *alpha = pango_attr_foreground_alpha_new ((guint16) (G_MAXUINT16 * QUIET_ALPHA));

          alpha->start_index = (guint) part->start;
          alpha->end_index = (guint) part->end;
          pango_attr_list_insert (attributes, alpha);
        }
      else if (get_style_colour (part->style, dark, &colour))
        insert_colour (attributes, part, &colour);
    }

  return attributes;
}

static PangoLayout *
make_layout (HwTextCell    *self,
             const char    *text,
             gssize         length,
             PangoAttrList *attributes)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);

  pango_layout_set_text (layout, text, (int) length);
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (layout, TRUE);

  return layout;
}

static void
ensure_layouts (HwTextCell *self)
{
  g_autoptr(PangoAttrList) attributes = NULL;

  if (self->layout != NULL)
    return;

  attributes = make_attributes (self);
  self->layout = make_layout (self, self->text->str, (gssize) self->tail, attributes);
  if (self->tail < self->text->len)
    {
      const char *tail = self->text->str + self->tail;
      g_autoptr(PangoAttrList) tail_attributes = pango_attr_list_new ();
      g_autofree char *turned = NULL;

      /* U+200E: from right to left the @ still stands before the number, and the space before both. */
      if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
        turned = g_strconcat ("\342\200\216", g_str_has_prefix (tail, "  ") ? tail + 2 : tail + 1, "  ", NULL);
      /* Digits in the font of the name beside them, whatever the reader's script. */
      pango_attr_list_insert (tail_attributes, pango_attr_language_new (pango_language_from_string ("en")));
      self->tail_layout = make_layout (self, turned != NULL ? turned : tail, -1, tail_attributes);
    }
}

static void
forget_layouts (HwTextCell *self)
{
  g_clear_object (&self->layout);
  g_clear_object (&self->tail_layout);
}

static void
hw_text_cell_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size G_GNUC_UNUSED,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  HwCellMetrics metrics = hw_cell_metrics_get (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = metrics.char_width * 4;
      *natural = metrics.char_width * NATURAL_CHARS;
      return;
    }

  *minimum = *natural = metrics.height;
  *minimum_baseline = *natural_baseline = metrics.ascent;
}

/* Draws a layout @start pixels from the side where reading begins. */
static void
append_layout (GtkWidget     *widget,
               GtkSnapshot   *snapshot,
               PangoLayout   *layout,
               int            start,
               const GdkRGBA *colour)
{
  PangoRectangle text;
  int x = start;

  pango_layout_get_pixel_extents (layout, NULL, &text);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    x = gtk_widget_get_width (widget) - start - text.width;

  /* A layout that has a width may put its text at the far end of it. */
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (x - text.x),
                                                          (float) (gtk_widget_get_height (widget) - text.height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

static void
hw_text_cell_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  HwTextCell *self = HW_TEXT_CELL (widget);
  int width = gtk_widget_get_width (widget), main_width, tail_width = 0;
  GdkRGBA colour, quiet;

  ensure_layouts (self);
  gtk_widget_get_color (widget, &colour);
  quiet = colour;
  if (!adw_style_manager_get_high_contrast (adw_style_manager_get_default ()))
    quiet.alpha *= QUIET_ALPHA;

  if (self->tail_layout != NULL)
    pango_layout_get_pixel_size (self->tail_layout, &tail_width, NULL);
  pango_layout_set_width (self->layout, MAX (width - tail_width, width / 3) * PANGO_SCALE);
  pango_layout_get_pixel_size (self->layout, &main_width, NULL);
  append_layout (widget, snapshot, self->layout, 0, &colour);
  if (self->tail_layout != NULL)
    append_layout (widget, snapshot, self->tail_layout, main_width, &quiet);
}

static void
hw_text_cell_css_changed (GtkWidget         *widget,
                          GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (hw_text_cell_parent_class)->css_changed (widget, change);

  forget_layouts (HW_TEXT_CELL (widget));
  gtk_widget_queue_draw (widget);
}

static void
hw_text_cell_finalize (GObject *object)
{
  HwTextCell *self = HW_TEXT_CELL (object);

  forget_layouts (self);
  g_string_free (self->text, TRUE);

  G_OBJECT_CLASS (hw_text_cell_parent_class)->finalize (object);
}

static void
hw_text_cell_class_init (HwTextCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = hw_text_cell_finalize;
  widget_class->measure = hw_text_cell_measure;
  widget_class->snapshot = hw_text_cell_snapshot;
  widget_class->css_changed = hw_text_cell_css_changed;

  gtk_widget_class_set_css_name (widget_class, "textcell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
hw_text_cell_init (HwTextCell *self)
{
  self->text = g_string_new (NULL);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * hw_text_cell_new:
 *
 * Returns: (transfer floating): an empty cell
 */
GtkWidget *
hw_text_cell_new (void)
{
  return g_object_new (HW_TYPE_TEXT_CELL, NULL);
}

/**
 * hw_text_cell_set_text:
 * @self: a cell
 * @text: the parts of the row's text
 *
 * Shows a row. Cost: copies the text; nothing is laid out before it is drawn.
 */
void
hw_text_cell_set_text (HwTextCell      *self,
                       const HwRowText *text)
{
  g_return_if_fail (HW_IS_TEXT_CELL (self));
  g_return_if_fail (text != NULL);

  g_string_truncate (self->text, 0);
  self->n_parts = 0;
  if (text->edge != NULL)
    {
      add_part (self, text->edge, text->edge_style, FALSE);
      add_part (self, text->joiner, HW_TEXT_STYLE_ENGINE, TRUE);
    }
  add_part (self, text->value, text->value_style, text->cycled);
  self->tail = self->text->len;
  if (text->count > 1)
    {
      g_autofree char *count = hw_format_count (text->count);

      g_string_append_printf (self->text, "  ×%s", count);
    }
  if (text->object_id != 0)
    g_string_append_printf (self->text, " @%" G_GUINT64_FORMAT, text->object_id);
  if (text->detached)
    g_string_append (self->text, " ✂");
  /* Every text has this mark, which makes it say nothing there. */
  if (text->reachable_from_window && text->value_style != HW_TEXT_STYLE_STRING)
    g_string_append (self->text, " ◇");

  forget_layouts (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->text->str, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * hw_text_cell_get_text:
 * @self: a cell
 *
 * Returns: (transfer none): what is shown
 */
const char *
hw_text_cell_get_text (HwTextCell *self)
{
  g_return_val_if_fail (HW_IS_TEXT_CELL (self), NULL);

  return self->text->str;
}
