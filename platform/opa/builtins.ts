/**
 * What each built-in of OPA is to us (docs/policy-bundles.md). Allowed is one that OPA compiles into the module, that
 * answers there what OPA answers, and that fails for nothing but an operand of another type, which a strict module
 * notices (strict-module.ts). The value is its function in OPA's library.
 */
const compiled = {
  abs: 'opa_arith_abs',
  and: 'opa_set_intersection',
  'array.concat': 'opa_array_concat',
  'array.flatten': 'opa_array_flatten',
  'array.reverse': 'opa_array_reverse',
  'array.slice': 'opa_array_slice',
  'base64.encode': 'opa_base64_encode',
  'base64url.encode': 'opa_base64_url_encode',
  ceil: 'opa_arith_ceil',
  concat: 'opa_strings_concat',
  contains: 'opa_strings_contains',
  count: 'opa_agg_count',
  endswith: 'opa_strings_endswith',
  equal: 'opa_cmp_eq',
  floor: 'opa_arith_floor',
  'graph.reachable': 'builtin_graph_reachable',
  gt: 'opa_cmp_gt',
  gte: 'opa_cmp_gte',
  'internal.member_2': 'builtin_member',
  'internal.member_3': 'builtin_member3',
  intersection: 'opa_sets_intersection',
  is_array: 'opa_types_is_array',
  is_boolean: 'opa_types_is_boolean',
  is_null: 'opa_types_is_null',
  is_number: 'opa_types_is_number',
  is_object: 'opa_types_is_object',
  is_set: 'opa_types_is_set',
  is_string: 'opa_types_is_string',
  'json.filter': 'builtin_json_filter',
  'json.remove': 'builtin_json_remove',
  lower: 'opa_strings_lower',
  lt: 'opa_cmp_lt',
  lte: 'opa_cmp_lte',
  max: 'opa_agg_max',
  min: 'opa_agg_min',
  minus: 'opa_arith_minus',
  mul: 'opa_arith_multiply',
  neq: 'opa_cmp_neq',
  'object.filter': 'builtin_object_filter',
  'object.get': 'builtin_object_get',
  'object.keys': 'builtin_object_keys',
  'object.remove': 'builtin_object_remove',
  'object.union': 'builtin_object_union',
  or: 'opa_set_union',
  plus: 'opa_arith_plus',
  product: 'opa_agg_product',
  round: 'opa_arith_round',
  sort: 'opa_agg_sort',
  split: 'opa_strings_split',
  startswith: 'opa_strings_startswith',
  'strings.replace_n': 'opa_strings_replace_n',
  'strings.reverse': 'opa_strings_reverse',
  sum: 'opa_agg_sum',
  trim: 'opa_strings_trim',
  trim_left: 'opa_strings_trim_left',
  trim_prefix: 'opa_strings_trim_prefix',
  trim_right: 'opa_strings_trim_right',
  trim_space: 'opa_strings_trim_space',
  trim_suffix: 'opa_strings_trim_suffix',
  type_name: 'opa_types_name',
  union: 'opa_sets_union',
  upper: 'opa_strings_upper',
  walk: 'opa_value_transitive_closure',
} as const;

/** Compiled into the module too, but it fails for values of the right type, or answers otherwise than OPA. */
const compiledOtherwise = {
  all: 'opa_agg_all',
  any: 'opa_agg_any',
  'base64.decode': 'opa_base64_decode',
  'base64.is_valid': 'opa_base64_is_valid',
  'base64url.decode': 'opa_base64_url_decode',
  'bits.and': 'opa_bits_and',
  'bits.lsh': 'opa_bits_shiftleft',
  'bits.negate': 'opa_bits_negate',
  'bits.or': 'opa_bits_or',
  'bits.rsh': 'opa_bits_shiftright',
  'bits.xor': 'opa_bits_xor',
  div: 'opa_arith_divide',
  'glob.match': 'opa_glob_match',
  indexof: 'opa_strings_indexof',
  'internal.template_string': 'opa_template_string',
  'json.is_valid': 'opa_json_is_valid',
  'json.marshal': 'opa_json_marshal',
  'json.unmarshal': 'opa_json_unmarshal',
  'net.cidr_contains': 'opa_cidr_contains',
  'net.cidr_intersects': 'opa_cidr_intersects',
  'numbers.range': 'opa_numbers_range',
  'object.union_n': 'builtin_object_union_n',
  'regex.find_all_string_submatch_n': 'opa_regex_find_all_string_submatch',
  'regex.is_valid': 'opa_regex_is_valid',
  'regex.match': 'opa_regex_match',
  rem: 'opa_arith_rem',
  substring: 'opa_strings_substring',
  to_number: 'opa_to_number',
} as const;

/** The same, but the library itself calls them where it answers for allowed ones: a module that holds them says nothing. */
const calledInside = {
  format_int: 'opa_strings_format_int',
  replace: 'opa_strings_replace',
  set_diff: 'opa_set_diff',
} as const;

/** Nothing at run time: the compiler turns them into something else, and takes `print` out. */
const syntax = ['assign', 'eq', 'print', 'internal.print'];

/** Built-ins that a customer's Rego may use, and our own uses. */
export const allowedBuiltins: ReadonlySet<string> = new Set([...Object.keys(compiled), ...syntax]);

/** The built-in behind each function of OPA's library. */
export const builtinOfFunction = byFunction({ ...compiled, ...compiledOtherwise, ...calledInside });

/** Built-ins that are not allowed, by the function that a module holds if its Rego calls them, and only then. */
export const refusedByFunction = byFunction(compiledOtherwise);

function byFunction(functions: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(functions).map(([builtin, name]) => [name, builtin]));
}
