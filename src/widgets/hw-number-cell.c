/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>

#include "widgets/hw-cell-metrics-private.h"
#include "widgets/hw-number-cell.h"

/* U+200E: signs and units keep their side of a number where one reads from right to left. */
#define LEFT_TO_RIGHT "\342\200\216"

#define PERCENT_CHARS 6
#define NATURAL_CHARS 10

/* Shorter bars are noise. */
#define MIN_SHARE 0.005

struct _HwNumberCell
{
  GtkWidget    parent_instance;

  char        *text;
  char        *percent;      /* NULL for none */
  double       share;        /* of the bar, 0 to 1 */
  HwNumberTone tone;
  PangoLayout *layout;       /* made when first drawn */
  PangoLayout *percent_layout;
  guint        has_percent : 1;
};

G_DEFINE_FINAL_TYPE (HwNumberCell, hw_number_cell, GTK_TYPE_WIDGET)

static int
char_width (GtkWidget *widget)
{
  return hw_cell_metrics_get (widget).digit_width;
}

static void
hw_number_cell_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size G_GNUC_UNUSED,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  HwNumberCell *self = HW_NUMBER_CELL (widget);
  HwCellMetrics metrics = hw_cell_metrics_get (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = metrics.digit_width * 3;
      *natural = metrics.digit_width * (NATURAL_CHARS + (self->has_percent ? PERCENT_CHARS : 0));
      return;
    }

  *minimum = *natural = metrics.height;
  *minimum_baseline = *natural_baseline = metrics.ascent;
}

static PangoLayout *
make_layout (GtkWidget  *widget,
             const char *text)
{
  g_autofree char *marked = g_strconcat (LEFT_TO_RIGHT, text, NULL);
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, marked);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  /* Digits alone would get the font of the reader's own script, and those before a unit another one. */
  pango_attr_list_insert (attributes, pango_attr_language_new (pango_language_from_string ("en")));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);

  return layout;
}

/* Draws a text that ends @end pixels from the left. */
static void
append_text (GtkWidget     *widget,
             GtkSnapshot   *snapshot,
             PangoLayout   *layout,
             int            end,
             const GdkRGBA *colour)
{
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (end - width), (float) (gtk_widget_get_height (widget) - height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

static void
append_bar (HwNumberCell *self,
            GtkSnapshot  *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr(GdkRGBA) accent = adw_style_manager_get_accent_color_rgba (adw_style_manager_get_default ());
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  float length = width * (float) self->share;
  GskRoundedRect rect;

  accent->alpha = 0.22f;
  gsk_rounded_rect_init_from_rect (&rect,
                                   &GRAPHENE_RECT_INIT (width - length, 1, length, height - 2), 3);
  gtk_snapshot_push_rounded_clip (snapshot, &rect);
  gtk_snapshot_append_color (snapshot, accent, &rect.bounds);
  gtk_snapshot_pop (snapshot);
}

/* Units stand below units only if numbers end at the right, whichever way one reads: they are written from left to
 * right everywhere. The percentage comes behind the number: left of it where one reads from right to left.
 */
static void
hw_number_cell_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  HwNumberCell *self = HW_NUMBER_CELL (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int end = gtk_widget_get_width (widget);
  GdkRGBA colour;

  if (self->share >= MIN_SHARE)
    append_bar (self, snapshot);
  if (self->text == NULL)
    return;

  gtk_widget_get_color (widget, &colour);
  if (self->has_percent && end > char_width (widget) * (NATURAL_CHARS - 2 + PERCENT_CHARS))
    {
      GdkRGBA quiet = colour;

      if (!adw_style_manager_get_high_contrast (adw_style_manager_get_default ()))
        quiet.alpha *= 0.68f;
      if (self->percent != NULL)
        {
          if (self->percent_layout == NULL)
            self->percent_layout = make_layout (widget, self->percent);
          append_text (widget, snapshot, self->percent_layout,
                       rtl ? char_width (widget) * (PERCENT_CHARS - 1) : end, &quiet);
        }
      if (!rtl)
        end -= char_width (widget) * PERCENT_CHARS;
    }
  if (self->layout == NULL)
    self->layout = make_layout (widget, self->text);
  append_text (widget, snapshot, self->layout, end, &colour);
}

static void
forget_layouts (HwNumberCell *self)
{
  g_clear_object (&self->layout);
  g_clear_object (&self->percent_layout);
}

static void
hw_number_cell_css_changed (GtkWidget         *widget,
                            GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (hw_number_cell_parent_class)->css_changed (widget, change);

  forget_layouts (HW_NUMBER_CELL (widget));
  gtk_widget_queue_draw (widget);
}

static void
hw_number_cell_finalize (GObject *object)
{
  HwNumberCell *self = HW_NUMBER_CELL (object);

  forget_layouts (self);
  g_free (self->text);
  g_free (self->percent);

  G_OBJECT_CLASS (hw_number_cell_parent_class)->finalize (object);
}

static void
hw_number_cell_class_init (HwNumberCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = hw_number_cell_finalize;
  widget_class->measure = hw_number_cell_measure;
  widget_class->snapshot = hw_number_cell_snapshot;
  widget_class->css_changed = hw_number_cell_css_changed;

  gtk_widget_class_set_css_name (widget_class, "numbercell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
hw_number_cell_init (HwNumberCell *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * hw_number_cell_new:
 * @has_percent: whether room is kept for percentages, so that the numbers of all rows end at one line
 *
 * Returns: (transfer floating): an empty cell
 */
GtkWidget *
hw_number_cell_new (gboolean has_percent)
{
  HwNumberCell *self = g_object_new (HW_TYPE_NUMBER_CELL, NULL);

  self->has_percent = has_percent;

  return GTK_WIDGET (self);
}

static void
set_tone (HwNumberCell *self,
          HwNumberTone  tone)
{
  static const char *classes[] = { NULL, "dimmed", "grown", "shrunk" };

  /* Style classes cost more than everything else here, and most cells keep theirs. */
  if (self->tone == tone)
    return;
  if (classes[self->tone] != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), classes[self->tone]);
  if (classes[tone] != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), classes[tone]);
  self->tone = tone;
}

/**
 * hw_number_cell_set:
 * @self: a cell
 * @text: (nullable): the formatted number, or NULL for an empty cell
 * @percent: (nullable): the formatted percentage
 * @share: length of the bar behind the number, 0 to 1
 * @tone: what it says besides
 *
 * Shows a number. Nothing is laid out before it is drawn.
 */
void
hw_number_cell_set (HwNumberCell *self,
                    const char   *text,
                    const char   *percent,
                    double        share,
                    HwNumberTone  tone)
{
  g_return_if_fail (HW_IS_NUMBER_CELL (self));

  g_set_str (&self->text, text);
  g_set_str (&self->percent, percent);
  self->share = CLAMP (share, 0, 1);
  set_tone (self, tone);
  forget_layouts (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text != NULL ? text : "", -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * hw_number_cell_get_text:
 * @self: a cell
 *
 * Returns: (transfer none) (nullable): the number shown
 */
const char *
hw_number_cell_get_text (HwNumberCell *self)
{
  g_return_val_if_fail (HW_IS_NUMBER_CELL (self), NULL);

  return self->text;
}

/**
 * hw_number_cell_get_share:
 * @self: a cell
 *
 * Returns: the length of the bar, 0 to 1
 */
double
hw_number_cell_get_share (HwNumberCell *self)
{
  g_return_val_if_fail (HW_IS_NUMBER_CELL (self), 0);

  return self->share;
}
