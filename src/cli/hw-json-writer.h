/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/hw-output.h"

G_BEGIN_DECLS

/**
 * HwJsonWriter:
 *
 * Writes one JSON value as it is made. A tree built first, as JSON libraries want it, would need memory
 * for every row, and they cannot write a lone surrogate of a name as its escape. Belongs to one thread.
 */
typedef struct _HwJsonWriter HwJsonWriter;

HwJsonWriter *hw_json_writer_new          (HwOutput      *output) G_GNUC_WARN_UNUSED_RESULT;
void          hw_json_writer_free         (HwJsonWriter  *self);
void          hw_json_writer_begin_object (HwJsonWriter  *self,
                                           const char    *member);
void          hw_json_writer_end_object   (HwJsonWriter  *self);
void          hw_json_writer_begin_array  (HwJsonWriter  *self,
                                           const char    *member);
void          hw_json_writer_end_array    (HwJsonWriter  *self);
void          hw_json_writer_add_string   (HwJsonWriter  *self,
                                           const char    *member,
                                           const char    *text);
void          hw_json_writer_add_uint     (HwJsonWriter  *self,
                                           const char    *member,
                                           guint64        value);
void          hw_json_writer_add_int      (HwJsonWriter  *self,
                                           const char    *member,
                                           gint64         value);
void          hw_json_writer_add_double   (HwJsonWriter  *self,
                                           const char    *member,
                                           double         value);
void          hw_json_writer_add_boolean  (HwJsonWriter  *self,
                                           const char    *member,
                                           gboolean       value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwJsonWriter, hw_json_writer_free)

G_END_DECLS
