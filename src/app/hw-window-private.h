/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/hw-page.h"
#include "app/hw-sidebar.h"
#include "app/hw-window.h"

G_BEGIN_DECLS

struct _HwWindow
{
  AdwApplicationWindow  parent_instance;

  HwDocument           *document;
  HwCache              *cache;
  HwNotebook           *notebook;
  HwCapture            *capture;          /* the one whose signals are connected */
  HwRecording          *recording;        /* looked at instead of it; its signals are connected */
  HwRecording          *removed_recording; /* can be brought back, in front of removed */
  GPtrArray            *removed;          /* captures that can be brought back, oldest first */
  AdwToast             *removed_toast;    /* the toast that offers it; not owned */
  GAction              *sidebar_action;   /* taken away while there is nothing to list */
  gboolean              sidebar_wanted;   /* when there is room */
  gboolean              pane_placed;      /* the divider has been put where it was */

  AdwToastOverlay      *toasts;
  AdwOverlaySplitView  *split_view;
  HwSidebar            *sidebar;
  GtkWidget            *sidebar_button;
  GtkWidget            *history_buttons;
  GtkWidget            *title_box;
  GtkWidget            *switcher;
  GtkWidget            *switcher_bar;
  AdwWindowTitle       *wide_title;
  AdwWindowTitle       *narrow_title;
  AdwBanner            *banner;
  GtkStack             *states;
  AdwStatusPage        *empty_page;
  GtkWidget            *open_button;
  AdwStatusPage        *loading_page;
  GtkProgressBar       *loading_progress;
  AdwStatusPage        *trouble_page;
  GtkWidget            *sample_button;
  GtkPaned             *paned;
  AdwBin               *pane;
  GtkStack             *records;          /* a page for each recording */
  AdwViewStack         *views;
  GMenu                *recent_menu;
};

/* hw-window.c */
void    hw_window_add_toast       (HwWindow       *self,
                                   const char     *text);
void    hw_window_remove_capture  (HwWindow       *self,
                                   HwCapture      *capture);
void    hw_window_undo_remove     (HwWindow       *self);
void    hw_window_update_state    (HwWindow       *self);
void    hw_window_update_title    (HwWindow       *self);
gboolean hw_window_is_empty       (HwWindow       *self);

/* hw-window-actions.c */
void    hw_window_install_actions (GtkWidgetClass *widget_class);
void    hw_window_init_actions    (HwWindow       *self);
void    hw_window_update_actions  (HwWindow       *self);

/* hw-window-live.c */
void    hw_window_install_live    (GtkWidgetClass *widget_class);
void    hw_window_init_live       (HwWindow       *self);
void    hw_window_dispose_live    (HwWindow       *self);
gboolean hw_window_open_recording (HwWindow       *self,
                                   GFile          *file);
void    hw_window_remove_recording (HwWindow      *self,
                                    HwRecording    *recording);
gboolean hw_window_undo_recording (HwWindow       *self);

/* hw-window-dnd.c */
void    hw_window_init_dnd        (HwWindow       *self);

/* hw-window-views.c */
void        hw_window_init_views     (HwWindow *self);
void        hw_window_dispose_views  (HwWindow *self);
HwPage     *hw_window_get_page       (HwWindow *self);
const char *hw_window_get_help_page  (HwWindow *self);

G_END_DECLS
