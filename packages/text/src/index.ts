export { parseAnsiLine, plainLine, type AnsiLine } from './ansi.ts';
export { formatDuration } from './duration.ts';
export {
  groupsOf,
  groupsOfMarks,
  readGroupMark,
  type GroupMark,
  type GroupSyntax,
  type LineGroup,
  type MarkedLine,
} from './groups.ts';
export { formatRelative } from './relative-time.ts';
export { shortenId } from './shorten-id.ts';
export { PLAIN_STYLE, type AnsiSpan, type Colour, type TextStyle } from './style.ts';
export { stripAnsi } from './tokens.ts';
export { cutToWidth, displayWidth } from './width.ts';
