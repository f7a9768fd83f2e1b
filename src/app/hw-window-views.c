/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/hw-window-private.h"

#include "app/hw-comparison-page.h"
#include "app/hw-containment-page.h"
#include "app/hw-retainers-pane.h"
#include "app/hw-summary-page.h"

#include <glib/gi18n.h>

/* The one place where views are listed, in the order of the switcher. */
typedef struct
{
  const char *name;        /* as in win.show-view and hw_document_reveal() */
  const char *title;       /* marked with N_() */
  const char *icon;
  const char *help;        /* page of the help */
  GType     (*get_type) (void);
} View;

static const View views[] = {
  { "summary", N_("Summary"), "hw-summary-symbolic", "summary", hw_summary_page_get_type },
  { "comparison", N_("Comparison"), "hw-comparison-symbolic", "compare", hw_comparison_page_get_type },
  { "containment", N_("Containment"), "hw-containment-symbolic", "containment", hw_containment_page_get_type },
};

static void
visible_view_cb (HwWindow *self)
{
  const char *name = adw_view_stack_get_visible_child_name (self->views);

  if (name != NULL)
    hw_document_set_view (self->document, name);
}

static void
reveal_cb (HwWindow   *self,
           const char *view,
           guint       node)
{
  GtkWidget *page = adw_view_stack_get_child_by_name (self->views, view);

  if (page == NULL)
    return;

  adw_view_stack_set_visible_child (self->views, page);
  hw_page_reveal (HW_PAGE (page), HW_NODE (node));
}

/* Makes the views and the pane below them, and gives them the document. */
void
hw_window_init_views (HwWindow *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      GtkWidget *page = g_object_new (views[i].get_type (), NULL);

      adw_view_stack_add_titled_with_icon (self->views, page, views[i].name, _(views[i].title), views[i].icon);
      hw_page_set_document (HW_PAGE (page), self->document);
    }

  adw_bin_set_child (self->pane, hw_retainers_pane_new ());
  hw_retainers_pane_set_document (HW_RETAINERS_PANE (adw_bin_get_child (self->pane)), self->document);

  g_signal_connect_swapped (self->views, "notify::visible-child-name", G_CALLBACK (visible_view_cb), self);
  g_signal_connect_object (self->document, "reveal", G_CALLBACK (reveal_cb), self, G_CONNECT_SWAPPED);
  visible_view_cb (self);
}

/* Takes the document away from the views while they are whole. */
void
hw_window_dispose_views (HwWindow *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      GtkWidget *page = adw_view_stack_get_child_by_name (self->views, views[i].name);

      if (page != NULL)
        hw_page_set_document (HW_PAGE (page), NULL);
    }
  /* libadwaita 1.7's inline switcher frees its toggles twice when it goes while it still has some. */
  adw_inline_view_switcher_set_stack (ADW_INLINE_VIEW_SWITCHER (self->switcher), NULL);
  if (adw_bin_get_child (self->pane) != NULL)
    hw_retainers_pane_set_document (HW_RETAINERS_PANE (adw_bin_get_child (self->pane)), NULL);
}

/* The visible view, or NULL. */
HwPage *
hw_window_get_page (HwWindow *self)
{
  GtkWidget *page = adw_view_stack_get_visible_child (self->views);

  return page != NULL ? HW_PAGE (page) : NULL;
}

/* The page of the help about what the person looks at. */
const char *
hw_window_get_help_page (HwWindow *self)
{
  const char *name = adw_view_stack_get_visible_child_name (self->views);

  if (hw_document_get_recording (self->document) != NULL)
    return "live";

  if (hw_document_get_capture (self->document) == NULL)
    return "open";

  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      if (g_strcmp0 (views[i].name, name) == 0)
        return views[i].help;
    }

  return "index";
}
