/** The log of one step: complete from its first line, live to its last, searchable, every line with an address. */
import { groupsOfMarks, type LineGroup } from '@bridle/text';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ChevronDown, ChevronRight, ChevronUp, Clock, Download, Search } from 'lucide-react';
import {
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  type JSX,
  type KeyboardEvent as ReactKeyboardEvent,
  type ReactNode,
} from 'react';
import { IconButton, TextInput } from '../ui/controls.tsx';
import { Loading } from '../ui/states.tsx';
import { Folding, isFoldedAtFirst } from './log-folding.ts';
import { useLogLines, type LogLine, type LogLines } from './log-lines.ts';
import { LogText } from './log-text.tsx';

const LINE_HEIGHT = 20;
/** Within this distance of the end the view counts as following. */
const FOLLOW_SLACK = 24;

export function LogView({ url, name }: { readonly url: string; readonly name: string }): JSX.Element {
  const log = useLogLines(url);
  const { lines, isComplete, state } = log;
  const scroller = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(location.hash === '');
  const [hasTimes, setTimes] = useState(false);
  const find = useFind(lines);
  const inView = find.current;
  const folds = useFolds(log);
  const { folding, reveal } = folds;
  // oxlint-disable-next-line react/incompatible-library -- its functions are used here only and handed to no memoized child
  const virtual = useVirtualizer({
    count: folding.rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 30,
    useFlushSync: false,
  });

  useEffect(() => {
    if (isFollowing && folding.rows > 0) virtual.scrollToIndex(folding.rows - 1, { align: 'end' });
  }, [isFollowing, folding.rows, virtual]);

  // A line in a folded group is brought into view in two turns: the group opens first.
  const show = (line: number): boolean => {
    if (reveal(line)) return false;
    virtual.scrollToIndex(folding.rowOf(line), { align: 'center' });
    return true;
  };
  const shownMatch = useRef<number>(undefined);
  useEffect(() => {
    if (inView === shownMatch.current) return;
    if (inView === undefined || show(inView)) shownMatch.current = inView;
  });

  useFindKey(find.open);
  const linked = useLinkedLine(lines, show);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < FOLLOW_SLACK);
  };

  return (
    <div className="relative">
      <div className="flex min-h-10 flex-wrap items-center gap-1 border-b border-line px-3 text-13 text-muted">
        <span className="px-1" data-testid="log-size">
          {lines.length} {lines.length === 1 ? 'line' : 'lines'}
          {isComplete ? '' : state === 'lost' ? ', connection lost, trying again' : ', live'}
        </span>
        <span className="ml-auto flex items-center gap-1">
          {find.isOpen ? <FindBox find={find} /> : null}
          <IconButton label="Find in the log" onClick={find.open}>
            <Search size={15} aria-hidden />
          </IconButton>
          <IconButton
            label={hasTimes ? 'Hide times' : 'Show times'}
            aria-pressed={hasTimes}
            onClick={() => setTimes(!hasTimes)}
          >
            <Clock size={15} aria-hidden />
          </IconButton>
          <IconButton label="Download the log" onClick={() => download(lines, name)}>
            <Download size={15} aria-hidden />
          </IconButton>
        </span>
      </div>
      <div
        ref={scroller}
        onScroll={onScroll}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
        tabIndex={0}
        role="log"
        aria-label="Log"
        aria-live="off"
        className="h-[min(36rem,calc(100dvh-16rem))] min-h-64 overflow-auto bg-log py-2 font-mono text-[12.5px] leading-[1.55]"
      >
        {lines.length === 0 ? (
          isComplete ? (
            <p className="m-0 px-4 py-2 font-sans text-13 text-muted">This step printed nothing.</p>
          ) : (
            <Loading rows={3} />
          )
        ) : (
          <div className="relative min-w-full" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index: row, key, start }) => {
              const index = folding.lineOf(row);
              const line = lines[index];
              const group = folds.groups.get(index);
              return line === undefined ? null : (
                <div
                  key={key}
                  ref={virtual.measureElement}
                  data-index={row}
                  className={`absolute top-0 left-0 flex w-full ${linked === line.number ? 'bg-selected' : find.matches.has(index) ? 'bg-amber-bg' : ''} ${find.current === index ? 'outline outline-1 outline-amber-line' : ''}`}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <Line line={line} hasTime={hasTimes}>
                    {group === undefined ? null : (
                      <GroupTitle group={group} isFolded={folds.isFolded(group)} onToggle={() => folds.toggle(group)} />
                    )}
                  </Line>
                </div>
              );
            })}
          </div>
        )}
      </div>
      {isFollowing || lines.length === 0 ? null : (
        <button
          type="button"
          onClick={() => setFollowing(true)}
          className="appear absolute right-6 bottom-4 inline-flex h-8 items-center gap-1.5 rounded-full border border-line-strong bg-surface px-3 text-13 hover:bg-hover"
        >
          <ArrowDown size={14} aria-hidden /> {isComplete ? 'To the end' : 'Follow'}
        </button>
      )}
    </div>
  );
}

function Line({
  line,
  hasTime,
  children,
}: {
  readonly line: LogLine;
  readonly hasTime: boolean;
  /** In place of the line's text. */
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <>
      <a
        href={`#L${line.number + 1}`}
        aria-label={`Line ${line.number + 1}`}
        onClick={(event) => {
          event.preventDefault();
          history.replaceState(history.state, '', `#L${line.number + 1}`);
          dispatchEvent(new HashChangeEvent('hashchange'));
        }}
        className="w-14 shrink-0 pr-3 text-right text-faint select-none hover:text-text"
      >
        {line.number + 1}
      </a>
      {hasTime ? (
        <span className="shrink-0 pr-3 text-faint select-none">{new Date(line.time).toISOString().slice(11, 23)}</span>
      ) : null}
      <span className="min-w-0 flex-1 pr-4 break-words whitespace-pre-wrap">
        {children ?? <LogText spans={line.spans} />}
      </span>
    </>
  );
}

function GroupTitle({
  group,
  isFolded,
  onToggle,
}: {
  readonly group: LineGroup;
  readonly isFolded: boolean;
  readonly onToggle: () => void;
}): JSX.Element {
  const Chevron = isFolded ? ChevronRight : ChevronDown;
  const hidden = group.to - group.from;
  return (
    <button
      type="button"
      aria-expanded={!isFolded}
      onClick={onToggle}
      className="flex max-w-full items-center gap-1 text-left leading-[inherit] font-semibold hover:underline"
      style={{ paddingLeft: `${group.depth}ch` }}
    >
      <Chevron size={14} aria-hidden className="shrink-0" />
      <span className="min-w-0 break-words">{group.title === '' ? 'Group' : group.title}</span>
      {isFolded && hidden > 0 ? (
        <span className="pl-2 font-normal text-faint">
          {hidden} {hidden === 1 ? 'line' : 'lines'}
        </span>
      ) : null}
    </button>
  );
}

interface Folds {
  /** By the index of the line they begin with. */
  readonly groups: ReadonlyMap<number, LineGroup>;
  readonly folding: Folding;
  readonly isFolded: (group: LineGroup) => boolean;
  readonly toggle: (group: LineGroup) => void;
  /** Opens the groups that hide a line; false when none does. */
  readonly reveal: (line: number) => boolean;
}

function useFolds({ lines, marks, isComplete }: LogLines): Folds {
  /** What somebody chose, by the group's first line. */
  const [chosen, setChosen] = useState<ReadonlyMap<number, boolean>>(new Map());
  const count = lines.length;
  const groups = useMemo(() => groupsOfMarks(marks, count - 1), [marks, count]);
  const isFolded = (group: LineGroup): boolean => chosen.get(group.from) ?? isFoldedAtFirst(group, count, isComplete);
  const folded = groups.filter(isFolded);
  const choose = (some: readonly LineGroup[], fold: boolean): void =>
    setChosen(new Map([...chosen, ...some.map(({ from }) => [from, fold] as const)]));
  const signature = folded.map(({ from, to }) => `${from}-${to}`).join();
  return {
    groups: useMemo(() => new Map(groups.map((group) => [group.from, group])), [groups]),
    // oxlint-disable-next-line react/exhaustive-deps -- the text says all there is to the list
    folding: useMemo(() => new Folding(count, folded), [count, signature]),
    isFolded,
    toggle: (group) => choose([group], !isFolded(group)),
    reveal: (line) => {
      const hiding = folded.filter(({ from, to }) => from < line && line <= to);
      if (hiding.length > 0) choose(hiding, false);
      return hiding.length > 0;
    },
  };
}

interface Find {
  readonly isOpen: boolean;
  readonly open: () => void;
  readonly close: () => void;
  readonly text: string;
  readonly setText: (text: string) => void;
  /** Indexes of the lines that match. */
  readonly matches: ReadonlySet<number>;
  /** Index of the match in view. */
  readonly current: number | undefined;
  readonly position: number;
  readonly step: (by: 1 | -1) => void;
}

function useFind(lines: readonly LogLine[]): Find {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [position, setPosition] = useState(0);
  const found = useMemo(() => {
    const wanted = text.toLowerCase();
    return wanted === ''
      ? []
      : lines.flatMap(({ plain }, index) => (plain.toLowerCase().includes(wanted) ? [index] : []));
  }, [lines, text]);
  return {
    isOpen,
    open: () => setOpen(true),
    close: () => {
      setOpen(false);
      setText('');
    },
    text,
    setText: (next) => {
      setText(next);
      setPosition(0);
    },
    matches: useMemo(() => new Set(found), [found]),
    current: isOpen ? found[position] : undefined,
    position,
    step: (by) => setPosition(found.length === 0 ? 0 : (position + by + found.length) % found.length),
  };
}

/** Ctrl-F finds in the log: the browser's own search sees only the lines in view. */
function useFindKey(onFind: () => void): void {
  const find = useEffectEvent(onFind);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 'f') return;
      event.preventDefault();
      find();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

function FindBox({ find }: { readonly find: Find }): JSX.Element {
  const onKeyDown = (event: ReactKeyboardEvent): void => {
    if (event.key === 'Enter') find.step(event.shiftKey ? -1 : 1);
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    find.close();
  };
  return (
    <span role="search" className="flex items-center gap-1">
      <TextInput
        autoFocus
        aria-label="Find"
        className="h-7 w-40"
        value={find.text}
        onChange={(event) => find.setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <span className="w-16 text-center text-12">
        {find.text === '' ? '' : `${find.matches.size === 0 ? 0 : find.position + 1} of ${find.matches.size}`}
      </span>
      <IconButton label="Previous match" onClick={() => find.step(-1)}>
        <ChevronUp size={15} aria-hidden />
      </IconButton>
      <IconButton label="Next match" onClick={() => find.step(1)}>
        <ChevronDown size={15} aria-hidden />
      </IconButton>
    </span>
  );
}

/** `#L12` marks a line and brings it into view once it is there; `show` answers whether it could. */
function useLinkedLine(lines: readonly LogLine[], show: (index: number) => boolean): number | undefined {
  const [wanted, setWanted] = useState(readHash);
  const shown = useRef<number>(undefined);
  useEffect(() => {
    const listen = (): void => setWanted(readHash());
    addEventListener('hashchange', listen);
    return () => removeEventListener('hashchange', listen);
  }, []);
  const index = wanted === undefined ? -1 : lines.findIndex(({ number }) => number === wanted);
  useEffect(() => {
    if (index < 0 || shown.current === wanted) return;
    if (show(index)) shown.current = wanted;
  });
  return wanted;
}

function readHash(): number | undefined {
  const match = /^#L(\d+)$/.exec(location.hash);
  return match?.[1] === undefined ? undefined : Number(match[1]) - 1;
}

function download(lines: readonly LogLine[], name: string): void {
  const address = URL.createObjectURL(
    new Blob([lines.map(({ plain }) => `${plain}\n`).join('')], { type: 'text/plain' }),
  );
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
