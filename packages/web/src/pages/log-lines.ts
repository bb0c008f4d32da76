/** The lines of one log as they arrive: gathered per frame, styles carried from line to line, searchable as plain text. */
import {
  parseAnsiLine,
  plainLine,
  PLAIN_STYLE,
  readGroupMark,
  type AnsiSpan,
  type MarkedLine,
  type TextStyle,
} from '@bridle/text';
import { useEffect, useRef, useState } from 'react';
import { openLive, type LiveState } from '../api/live.ts';

export interface LogLine {
  /** 0-based, given by the server when the line was stored: links to it stay valid. */
  readonly number: number;
  readonly time: number;
  readonly spans: readonly AnsiSpan[];
  readonly plain: string;
}

export interface LogLines {
  readonly lines: readonly LogLine[];
  /** The lines of `lines` that begin or end groups. */
  readonly marks: readonly MarkedLine[];
  /** The log is complete: nothing will be added. */
  readonly isComplete: boolean;
  readonly state: LiveState;
}

const NONE: LogLines = { lines: [], marks: [], isComplete: false, state: 'connecting' };

export function useLogLines(url: string): LogLines {
  const [log, setLog] = useState<LogLines>(NONE);
  const gathered = useRef<LogLine[]>([]);

  useEffect(() => {
    let lines: LogLine[] = [];
    let marks: MarkedLine[] = [];
    let gatheredMarks: MarkedLine[] = [];
    let style: TextStyle = PLAIN_STYLE;
    let frame = 0;
    let isComplete = false;
    let state: LiveState = 'connecting';
    gathered.current = [];

    const publish = (): void => {
      frame = 0;
      if (gathered.current.length > 0) lines = [...lines, ...gathered.current];
      gathered.current = [];
      if (gatheredMarks.length > 0) marks = [...marks, ...gatheredMarks];
      gatheredMarks = [];
      setLog({ lines, marks, isComplete, state });
    };
    const schedule = (): void => {
      if (frame === 0) frame = requestAnimationFrame(publish);
    };

    const close = openLive(
      url,
      ({ event, data }) => {
        if (event === 'end') isComplete = true;
        else if (isLineEvent(data)) {
          const parsed = parseAnsiLine(data.text, style);
          style = parsed.style;
          gathered.current.push({
            number: data.line,
            time: data.time,
            spans: parsed.spans,
            plain: plainLine(data.text),
          });
          const mark = readGroupMark(data.text);
          if (mark !== undefined) gatheredMarks.push({ line: data.line, mark });
        }
        schedule();
      },
      (next) => {
        state = next;
        schedule();
      },
    );
    return () => {
      cancelAnimationFrame(frame);
      close();
    };
  }, [url]);

  return log;
}

function isLineEvent(data: unknown): data is { readonly line: number; readonly time: number; readonly text: string } {
  return typeof data === 'object' && data !== null && 'line' in data && 'text' in data && typeof data.text === 'string';
}
