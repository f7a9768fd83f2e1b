/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A snapshot of three nodes that has every section, in pieces for tests to put together anew. */

#define HW_SMALL_META                                                                                      \
  "{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\",\"trace_node_id\","   \
  "\"detachedness\"],\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"code\",\"closure\","    \
  "\"regexp\",\"number\",\"native\",\"synthetic\"],\"string\",\"number\",\"number\",\"number\",\"number\"," \
  "\"number\"],\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],\"edge_types\":[[\"context\","     \
  "\"element\",\"property\",\"internal\",\"hidden\",\"shortcut\",\"weak\"],\"string_or_number\",\"node\"]," \
  "\"trace_function_info_fields\":[\"function_id\",\"name\",\"script_name\",\"script_id\",\"line\","       \
  "\"column\"],\"trace_node_fields\":[\"id\",\"function_info_index\",\"count\",\"size\",\"children\"],"    \
  "\"sample_fields\":[\"timestamp_us\",\"last_assigned_id\"],\"location_fields\":[\"object_index\","       \
  "\"script_id\",\"line\",\"column\"],\"scope_fields\":[\"script_node_index\",\"scope_id\",\"depth\","     \
  "\"scope_context_vars_count\",\"scope_uses_count\"],\"scope_context_var_fields\":[\"name\"],"            \
  "\"scope_use_fields\":[\"declaring_scope_id\",\"slot_index\"]},\"node_count\":3,\"edge_count\":2,"       \
  "\"trace_function_count\":2,\"extra_native_bytes\":4096}"

#define HW_SMALL_HEADER    "\"snapshot\":" HW_SMALL_META
#define HW_SMALL_NODES     "\"nodes\":[9,0,1,0,1,0,0\n,3,1,3,24,1,2,0\n,8,2,4,5000000000,0,0,2\n]"
#define HW_SMALL_EDGES     "\"edges\":[5,1,7,2,3,14]"
#define HW_SMALL_FUNCTIONS "\"trace_function_infos\":[0,0,0,0,0,0,7,1,2,3,4,5]"
#define HW_SMALL_TREE      "\"trace_tree\":[1,0,0,0,[2,1,3,40,[],3,1,1,8,[4,0,1,1,[]]]]"
#define HW_SMALL_SAMPLES   "\"samples\":[0,1,50000,4]"
#define HW_SMALL_LOCATIONS "\"locations\":[7,1,2,3]"
#define HW_SMALL_SCOPES    "\"scopes\":[0,1,0,1,1],\"scope_context_vars\":[3],\"scope_uses\":[1,0]"
#define HW_SMALL_STRINGS   "\"strings\":[\"<dummy>\",\"Dog\",\"a \\\"div\\\" \\u00E9\\n\",\"\xc3\xa9\xf0\x9f\x98\x80 and more than sixteen\"]"

#define HW_SMALL_BETWEEN                                                                                   \
  HW_SMALL_EDGES ",\n" HW_SMALL_FUNCTIONS ",\n" HW_SMALL_TREE ",\n" HW_SMALL_SAMPLES ",\n"                 \
  HW_SMALL_LOCATIONS ",\n" HW_SMALL_SCOPES

#define HW_SMALL "{" HW_SMALL_HEADER ",\n" HW_SMALL_NODES ",\n" HW_SMALL_BETWEEN ",\n" HW_SMALL_STRINGS "}"

/* The same with other text for one section. */
#define HW_SMALL_WITH_NODES(nodes)     "{" HW_SMALL_HEADER "," nodes "," HW_SMALL_BETWEEN "," HW_SMALL_STRINGS "}"
#define HW_SMALL_WITH_STRINGS(strings) "{" HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_BETWEEN ",\"strings\":[" strings "]}"
#define HW_SMALL_WITH_TREE(tree)                                                                           \
  "{" HW_SMALL_HEADER "," HW_SMALL_NODES "," HW_SMALL_EDGES "," HW_SMALL_FUNCTIONS ",\"trace_tree\":" tree "," \
  HW_SMALL_SAMPLES "," HW_SMALL_LOCATIONS "," HW_SMALL_SCOPES "," HW_SMALL_STRINGS "}"

/* The least that can be read: the columns that are needed, and no tables of kinds. */
#define HW_LEAST(nodes, edges, strings)                                                                    \
  "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\"],"      \
  "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"]}},\"nodes\":" nodes ",\"edges\":" edges        \
  ",\"strings\":" strings "}"
