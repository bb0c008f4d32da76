import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveArea } from './live-area.ts';
import { Screen } from './test-screen.ts';

const NOTHING = (): void => {};

function open(columns = 40, rows = 8): { readonly screen: Screen; readonly area: LiveArea } {
  const screen = new Screen({ columns, rows });
  return { screen, area: new LiveArea(screen.terminal.err, NOTHING) };
}

describe('the live area', () => {
  it('shows each frame in place of the last one, longer or shorter', async () => {
    const { screen, area } = open();
    await screen.terminal.err.line('$ bridle run');
    await area.draw(['one', 'two', 'three']);
    expect(screen.text()).toBe('$ bridle run\none\ntwo\nthree');
    await area.draw(['one', '2']);
    expect(screen.text()).toBe('$ bridle run\none\n2');
    await area.draw([]);
    expect(screen.text()).toBe('$ bridle run');
    await area.draw(['one', 'two', 'three', 'four']);
    expect(screen.text()).toBe('$ bridle run\none\ntwo\nthree\nfour');
    await area.close();
  });

  it('writes nothing where nothing has changed, and else the changed lines in one piece', async () => {
    const { screen, area } = open();
    await area.draw(['one', 'two', 'three']);
    const before = screen.written.length;
    await area.draw(['one', 'two', 'three']);
    expect(screen.written.length).toBe(before);
    await area.draw(['one', 'TWO', 'three']);
    const written = screen.written.slice(before);
    expect(written).toContain('TWO');
    expect(written).not.toContain('three');
    expect(written.startsWith('\u001b[?2026h') && written.endsWith('\u001b[?2026l')).toBe(true);
    await area.close();
  });

  it('lets text go by above itself, and scrolls', async () => {
    const { screen, area } = open(20, 4);
    await area.draw(['● build', '● test']);
    for (const number of [1, 2, 3, 4]) await area.above(`line ${number}\n`);
    expect(screen.text()).toBe('line 3\nline 4\n● build\n● test');
    await area.above('a line that is wider than the screen\n');
    expect(screen.everything()).toBe(
      'line 1\nline 2\nline 3\nline 4\na line that is wider\n than the screen\n● build\n● test',
    );
    await area.close();
    expect(screen.everything()).not.toContain('build');
  });

  it('takes another width of the terminal', async () => {
    const { screen, area } = open(30, 10);
    await screen.terminal.err.line('$ bridle run');
    await area.draw(['a line of twenty-four char', 'short']);
    screen.resize(15, 10);
    await area.draw(['a line of', 'short']);
    expect(screen.text()).toBe('$ bridle run\na line of\nshort');
    screen.resize(40, 10);
    await area.draw(['a line', 'short']);
    expect(screen.text()).toBe('$ bridle run\na line\nshort');
    await area.close();
  });

  it('A3 hides the cursor while it is there, and gives everything back', async () => {
    const { screen, area } = open();
    await area.draw(['one']);
    expect(screen.modes()).toEqual({ wraps: true, isHeldBack: false, showsCursor: false });
    await area.close();
    expect(screen.modes()).toEqual({ wraps: true, isHeldBack: false, showsCursor: true });
    expect(process.listenerCount('SIGTSTP')).toBe(0);
    expect(process.listeners('exit').filter((listener) => listener.name.includes('atExit'))).toEqual([]);
  });

  it.each([
    ['throw new Error("a bug");', 1],
    ['process.exit(3);', 3],
    ['process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);', 143],
  ])('A3 gives everything back when the process ends by %s', async (ending, code) => {
    const script = `
      import { LiveArea } from ${JSON.stringify(new URL('live-area.ts', import.meta.url).href)};
      process.on('SIGTERM', () => process.exit(143));
      const { stderr } = process;
      const write = async (text) => void stderr.write(text);
      const size = () => ({ columns: 80, rows: 24 });
      const area = new LiveArea({ stream: stderr, size, write }, () => {});
      await area.draw(['one', 'two']);
      ${ending}
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let written = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (written += text));
    expect(await once(child, 'close')).toEqual([code, null]);
    const shown = written.lastIndexOf('\u001b[?25h');
    expect(shown).toBeGreaterThan(written.lastIndexOf('\u001b[?25l'));
    // What Node says about a bug stands below the view.
    if (code === 1) expect(written.indexOf('a bug')).toBeGreaterThan(shown);
  });

  it('A1 A2 shows what it was given last, after any frames, texts and sizes', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '日', '●'), maxLength: 4 }).map((text) => `${text}.`);
    const frames = fc.array(line, { maxLength: 6 });
    const change = fc.oneof(
      { weight: 5, arbitrary: frames.map((lines) => ({ kind: 'draw' as const, lines })) },
      { weight: 2, arbitrary: line.map((text) => ({ kind: 'above' as const, text })) },
      { weight: 1, arbitrary: fc.constant({ kind: 'erase' as const }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 15 }), async (changes) => {
        const { screen, area } = open(20, 6);
        const above: string[] = [];
        let shown: readonly string[] = [];
        for (const each of changes) {
          if (each.kind === 'draw') await area.draw((shown = each.lines));
          else if (each.kind === 'erase') await area.erase().then(() => (shown = []));
          else {
            above.push(each.text.trimEnd());
            await area.above(`${each.text}\n`);
          }
          expect(
            screen
              .everything()
              .split('\n')
              .filter((text) => text !== ''),
          ).toEqual([...above, ...shown].map((text) => text.trimEnd()));
        }
        await area.close();
      }),
      { numRuns: 60 },
    );
  });
});
