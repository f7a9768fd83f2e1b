/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "heap/hw-heap-columns.h"
#include "heap/hw-heap-private.h"

G_BEGIN_DECLS

HwLazyColumns *hw_lazy_columns_new         (HwHeapFetchFunc      fetch,
                                            gpointer             source,
                                            GDestroyNotify       destroy);
void           hw_lazy_columns_add         (HwLazyColumns       *self,
                                            HwLazy               lazy,
                                            HwColumn            *column,
                                            guint                id,
                                            gsize                n_each);
gboolean       hw_lazy_columns_get_is_lazy (const HwLazyColumns *self,
                                            HwLazy               lazy);
void           hw_lazy_columns_set_limit   (HwLazyColumns       *self,
                                            HwLazy               lazy,
                                            guint32              limit,
                                            guint32              harmless);
void           hw_lazy_columns_fill_all    (HwLazyColumns       *self);

G_END_DECLS
