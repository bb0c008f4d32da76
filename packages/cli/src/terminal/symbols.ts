/** Marks beside words; each has a form for terminals that cannot show it. */
export interface Symbols {
  readonly success: string;
  readonly failure: string;
  readonly running: string;
  readonly waiting: string;
  readonly skipped: string;
  readonly stopped: string;
  readonly ignored: string;
  readonly warning: string;
  readonly arrow: string;
  /** Between the names of a stage and its step. */
  readonly pathSeparator: string;
  readonly bar: string;
  readonly ellipsis: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly trunk: string;
}

const UNICODE: Symbols = {
  success: '✓',
  failure: '✗',
  running: '●',
  waiting: '◔',
  skipped: '○',
  stopped: '■',
  ignored: '✓',
  warning: '!',
  arrow: '→',
  pathSeparator: '›',
  bar: '│',
  ellipsis: '…',
  branch: '├─',
  lastBranch: '└─',
  trunk: '│ ',
};

const ASCII: Symbols = {
  success: '+',
  failure: 'x',
  running: '*',
  waiting: '?',
  skipped: '-',
  stopped: '#',
  ignored: '+',
  warning: '!',
  arrow: '->',
  pathSeparator: '>',
  bar: '|',
  ellipsis: '...',
  branch: '|-',
  lastBranch: '`-',
  trunk: '| ',
};

/** ASCII where the locale does not speak UTF-8, on the bare Linux console, and where `BRIDLE_ASCII` asks for it. */
export function chooseSymbols(environment: Readonly<Record<string, string | undefined>>, platform: string): Symbols {
  if (environment['BRIDLE_ASCII'] !== undefined && environment['BRIDLE_ASCII'] !== '') return ASCII;
  if (environment['TERM'] === 'linux' || environment['TERM'] === 'dumb') return ASCII;
  if (platform === 'win32') return environment['WT_SESSION'] === undefined ? ASCII : UNICODE;
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'];
  // No locale at all is the usual state of containers, whose terminals are UTF-8 all the same.
  return locale === undefined || locale === '' || /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
