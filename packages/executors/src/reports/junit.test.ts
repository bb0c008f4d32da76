import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DETAILS_LENGTH_MAX, readJunit, ReportError } from './junit.ts';
import type { TestCase } from './test-case.ts';

async function read(text: string | Uint8Array, pieceLength = 7): Promise<{ cases: TestCase[]; fault?: string }> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const cases: TestCase[] = [];
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
  }
  try {
    for await (const found of readJunit(pieces())) cases.push(found);
    return { cases };
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    return { cases, fault: error.message };
  }
}

describe('a report', () => {
  it('gives suites, names, times, and what failed why', async () => {
    const { cases, fault } = await read(`<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="all"><testsuite name="unit"><properties><property name="a" value="b"/></properties>
        <testcase classname="com.acme.Cart" name="adds" time="0.25" file="src/Cart.java"/>
        <testcase classname="com.acme.Cart" name="takes &lt;two&gt; &amp; more" time="1,200.5">
          <failure message="expected 1 but was 2" type="AssertionError">at Cart.java:12
at Main.java:3</failure><system-out>noise</system-out></testcase>
        <testcase name="breaks"><error><![CDATA[NullPointerException]]></error></testcase>
        <testcase name="waits"><skipped message="later"/></testcase>
        <testsuite name="inner"><testcase name="deep"/></testsuite>
      </testsuite></testsuites>`);
    expect(fault).toBeUndefined();
    expect(cases).toEqual([
      {
        suite: 'unit',
        className: 'com.acme.Cart',
        name: 'adds',
        status: 'passed',
        durationMs: 250,
        file: 'src/Cart.java',
      },
      {
        suite: 'unit',
        className: 'com.acme.Cart',
        name: 'takes <two> & more',
        status: 'failed',
        durationMs: 1_200_500,
        message: 'expected 1 but was 2',
        details: 'at Cart.java:12\nat Main.java:3',
      },
      { suite: 'unit', className: '', name: 'breaks', status: 'error', durationMs: 0, details: 'NullPointerException' },
      { suite: 'unit', className: '', name: 'waits', status: 'skipped', durationMs: 0, message: 'later' },
      { suite: 'unit > inner', className: '', name: 'deep', status: 'passed', durationMs: 0 },
    ]);
  });

  it('a case that passed when it was repeated has failed before (Surefire)', async () => {
    const { cases } = await read(
      '<testsuite><testcase name="a"><flakyFailure message="x">trace</flakyFailure></testcase></testsuite>',
    );
    expect(cases).toEqual([
      { suite: '', className: '', name: 'a', status: 'passed', durationMs: 0, hasFailedBefore: true },
    ]);
  });

  it('a failure beats a skip, and the first failure is told', async () => {
    const { cases } = await read(
      '<testsuite><testcase name="a"><skipped/><failure message="one"/><error message="two"/></testcase></testsuite>',
    );
    expect(cases).toMatchObject([{ status: 'failed', message: 'one' }]);
  });

  it('is read in its own encoding', async () => {
    const text = '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="grün"/></testsuite>';
    expect((await read(Buffer.from(text, 'latin1'), 1_000)).cases).toMatchObject([{ name: 'grün' }]);
    const wide = Buffer.from(`\ufeff<testsuite><testcase name="grün"/></testsuite>`, 'utf16le');
    expect((await read(wide, 3)).cases).toMatchObject([{ name: 'grün' }]);
  });

  it('cuts what is too long (J2)', async () => {
    const { cases } = await read(
      `<testsuite><testcase name="a"><failure>${'😀'.repeat(DETAILS_LENGTH_MAX)}</failure></testcase></testsuite>`,
      4_096,
    );
    expect(cases[0]?.details?.length).toBeLessThanOrEqual(DETAILS_LENGTH_MAX);
    expect(cases[0]?.details?.isWellFormed()).toBe(true);
  });
});

describe('a broken report (J1, J3)', () => {
  it.each([
    ['', /no JUnit XML/],
    ['{"tests": []}', /no JUnit XML/],
    ['<html><body/></html>', /no testsuite/],
    ['<testsuite><testcase name="a"/><testcase', /no JUnit XML/],
    ['<?xml version="1.0" encoding="klingon"?><testsuite/>', /klingon/],
    [`${'<a>'.repeat(300)}`, /nested deeper/],
  ])('%j says why', async (text, why) => {
    expect((await read(text)).fault).toMatch(why);
  });

  it('gives the cases before the fault', async () => {
    const { cases, fault } = await read('<testsuite><testcase name="a"/><testcase name="b"></oops></testsuite>');
    expect(cases).toMatchObject([{ name: 'a' }]);
    expect(fault).toMatch(/oops|tag/);
  });

  it('never expands an entity of its own, nor reads one from a file', async () => {
    const bomb = `<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
      <testsuite><testcase name="&b;"/><testcase name="x"><failure>&f;</failure></testcase></testsuite>`;
    const { cases, fault } = await read(bomb);
    expect(fault).toMatch(/entity/);
    expect(JSON.stringify(cases)).not.toMatch(/aaaa|root:/);
  });

  it('no bytes at all make anything but a clear refusal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(`<testsuite>${text}`)),
        ),
        fc.integer({ min: 1, max: 50 }),
        async (bytes, length) => void (await read(bytes, length)),
      ),
      { numRuns: 500 },
    );
  });
});

describe('what XML forbids and writers let through', () => {
  const report = (words: string): string =>
    `<testsuite name="s"><testcase name="a"/><testcase name="b"><failure message="${words}">${words}</failure></testcase><testcase name="c"><error/></testcase></testsuite>`;

  it.each(['\u001b[31mred', '&#27;[31mred', '&#x1b;', '&#0;', '\0', '\u{ffff}'])('%j loses no case', async (words) => {
    const { cases, fault } = await read(report(words));
    expect(cases.map(({ name, status }) => `${name} ${status}`)).toEqual(['a passed', 'b failed', 'c error']);
    expect(fault).toBeUndefined();
  });

  it('a declaration of UTF-16 in UTF-8, as .NET writes it', async () => {
    expect((await read(`<?xml version="1.0" encoding="utf-16"?>${report('x')}`)).cases).toHaveLength(3);
  });
});
