/**
 * Limits of the expression language (P1, S10): every loop, depth and size an author or a payload can drive has a name here.
 * There is no clock: regular expressions run in linear time and everything else is paid for from one budget of steps.
 */

/** Characters of one YAML leaf that holds expressions. */
export const LEAF_LENGTH_MAX = 524_288;
/** Characters of the text made from such a leaf: room for outputs of a step, which may be large. */
export const RESULT_LENGTH_MAX = 2_097_152;
/** Characters of one `<+…>` or of one condition. */
export const EXPRESSION_LENGTH_MAX = 32_768;
/** Expressions side by side in one leaf. */
export const EXPRESSIONS_PER_LEAF_MAX = 2_000;
/** Levels of `<+ <+ … > >`. */
export const NESTING_DEPTH_MAX = 32;
/** Levels of one syntax tree: parentheses, operators, member chains. */
export const SYNTAX_DEPTH_MAX = 200;
/** Levels of evaluation under way, over all nested expressions and variables. */
export const EVALUATION_DEPTH_MAX = 400;
/** Variables whose text refers to variables whose text refers to …: also what ends a circle of them. */
export const INDIRECTION_DEPTH_MAX = 20;
/** Steps of one leaf: a syntax node visited costs one, work on long values costs by size. */
export const STEPS_MAX = 100_000;
/** Characters handled for the price of one step, and elements of lists and maps. */
export const CHARACTERS_PER_STEP = 128;
export const ELEMENTS_PER_STEP = 8;
/** Regular expression work (program size × characters) for the price of one step. */
export const REGEX_WORK_PER_STEP = 100;
/** Size of the value of one expression: characters of its JSON text, about. An output of a step has at most 1 MiB. */
export const VALUE_SIZE_MAX = 1_310_720;
/** Levels of lists and maps in a value or in a step's spec. */
export const VALUE_DEPTH_MAX = 200;
/** Elements of a range `1..n`. */
export const RANGE_LENGTH_MAX = 10_000;
/** Names listed as unresolved; later ones are left out. */
export const UNRESOLVED_MAX = 50;
/** Entries of a trace, and characters of each expression and each value in it. */
export const TRACE_ENTRIES_MAX = 100;
export const TRACE_EXPRESSION_LENGTH_MAX = 1_000;
export const TRACE_VALUE_LENGTH_MAX = 1_000;
/** Parsed texts kept for reuse, and the longest text that is kept. */
export const PARSE_CACHE_ENTRIES_MAX = 4_096;
export const PARSE_CACHE_TEXT_LENGTH_MAX = 4_096;
/** Compiled regular expressions kept for reuse, and the longest pattern accepted. */
export const REGEX_CACHE_ENTRIES_MAX = 512;
export const REGEX_LENGTH_MAX = 1_000;
/** Size of a regular expression with its counted repetitions written out: they multiply. */
export const REGEX_PROGRAM_MAX = 2_000;
/** Price in steps of one instruction of a compiled regular expression, each time it is used: its memo must not show. */
export const STEPS_PER_INSTRUCTION = 4;
/** Price in steps of one match found by searching. */
export const STEPS_PER_MATCH = 4;
/** JSON text read by `json.*`, the length of a path, and the values it may lead to. */
export const JSON_TEXT_LENGTH_MAX = 1_048_576;
export const JSON_PATH_LENGTH_MAX = 500;
export const JSON_PATH_RESULTS_MAX = 10_000;
/** Values a JSON path may look at (an estimate from above) for the price of one step. */
export const JSON_VISITS_PER_STEP = 10;
/** XML text read by `xml.select`, the length of a path, and the elements, attributes and texts of a document. */
export const XML_TEXT_LENGTH_MAX = 131_072;
export const XML_PATH_LENGTH_MAX = 500;
export const XML_NODES_MAX = 4_000;
export const XML_DEPTH_MAX = 100;
