/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-page.h"

typedef struct
{
  HwDocument *document;
} HwPagePrivate;

typedef enum
{
  PROP_DOCUMENT = 1,
} HwPageProperty;

static GParamSpec *properties[PROP_DOCUMENT + 1];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (HwPage, hw_page, ADW_TYPE_BIN)

static void
hw_page_dispose (GObject *object)
{
  HwPagePrivate *priv = hw_page_get_instance_private (HW_PAGE (object));

  /* Silently: the derived page has given up its widgets already. The window takes the document
   * away while they are alive.
   */
  g_clear_object (&priv->document);

  G_OBJECT_CLASS (hw_page_parent_class)->dispose (object);
}

static void
hw_page_get_property (GObject    *object,
                      guint       prop_id,
                      GValue     *value,
                      GParamSpec *pspec)
{
  HwPage *self = HW_PAGE (object);

  switch ((HwPageProperty) prop_id)
    {
    case PROP_DOCUMENT:
      g_value_set_object (value, hw_page_get_document (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
hw_page_set_property (GObject      *object,
                      guint         prop_id,
                      const GValue *value,
                      GParamSpec   *pspec)
{
  HwPage *self = HW_PAGE (object);

  switch ((HwPageProperty) prop_id)
    {
    case PROP_DOCUMENT:
      hw_page_set_document (self, g_value_get_object (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static gboolean
hw_page_grab_focus (GtkWidget *widget)
{
  HwPageClass *klass = HW_PAGE_GET_CLASS (widget);

  if (klass->get_table != NULL)
    return gtk_widget_grab_focus (klass->get_table (HW_PAGE (widget)));

  return GTK_WIDGET_CLASS (hw_page_parent_class)->grab_focus (widget);
}

static void
hw_page_class_init (HwPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = hw_page_dispose;
  object_class->get_property = hw_page_get_property;
  object_class->set_property = hw_page_set_property;

  widget_class->grab_focus = hw_page_grab_focus;

  /**
   * HwPage:document:
   *
   * What the page shows, or %NULL when its window is going away.
   */
  properties[PROP_DOCUMENT] =
    g_param_spec_object ("document", NULL, NULL, HW_TYPE_DOCUMENT,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
hw_page_init (HwPage *self G_GNUC_UNUSED)
{
}

/**
 * hw_page_get_document:
 * @self: a page
 *
 * Returns: (nullable) (transfer none): the document the page shows
 */
HwDocument *
hw_page_get_document (HwPage *self)
{
  HwPagePrivate *priv;

  g_return_val_if_fail (HW_IS_PAGE (self), NULL);

  priv = hw_page_get_instance_private (self);

  return priv->document;
}

/**
 * hw_page_set_document:
 * @self: a page
 * @document: (nullable): what to show
 *
 * Gives the page its document, or takes it away. The page is told through
 * `document_set`, while the old document is still alive.
 */
void
hw_page_set_document (HwPage     *self,
                      HwDocument *document)
{
  HwPagePrivate *priv;
  g_autoptr(HwDocument) old = NULL;

  g_return_if_fail (HW_IS_PAGE (self));
  g_return_if_fail (document == NULL || HW_IS_DOCUMENT (document));

  priv = hw_page_get_instance_private (self);
  if (priv->document == document)
    return;

  old = g_steal_pointer (&priv->document);
  if (document != NULL)
    priv->document = g_object_ref (document);

  if (HW_PAGE_GET_CLASS (self)->document_set != NULL)
    HW_PAGE_GET_CLASS (self)->document_set (self, document);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DOCUMENT]);
}

/**
 * hw_page_reveal:
 * @self: a page
 * @node: an object of the current capture's heap
 *
 * Shows and selects @node. The page is the visible one already.
 */
void
hw_page_reveal (HwPage   *self,
                HwNodeId  node)
{
  g_return_if_fail (HW_IS_PAGE (self));

  if (HW_PAGE_GET_CLASS (self)->reveal != NULL)
    HW_PAGE_GET_CLASS (self)->reveal (self, node);
}

/**
 * hw_page_focus_filter:
 * @self: a page
 *
 * Moves the keyboard focus to the page's filter, if it has one.
 */
void
hw_page_focus_filter (HwPage *self)
{
  g_return_if_fail (HW_IS_PAGE (self));

  if (HW_PAGE_GET_CLASS (self)->focus_filter != NULL)
    HW_PAGE_GET_CLASS (self)->focus_filter (self);
}
