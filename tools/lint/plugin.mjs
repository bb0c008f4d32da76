// The lint rules that oxlint does not bring.

/** `new Date()` and `Date()` read the clock, `new Date(value)` does not. */
const noArglessDate = {
  meta: { type: 'problem', messages: { clock: 'This reads the clock. Pure code is told the time.' } },
  create(context) {
    const check = (node, isCall) => {
      const isDate = node.callee.type === 'Identifier' && node.callee.name === 'Date';
      if (isDate && (isCall || node.arguments.length === 0)) context.report({ node, messageId: 'clock' });
    };
    return {
      NewExpression: (node) => check(node, false),
      CallExpression: (node) => check(node, true),
    };
  },
};

const TEST_WORDS = new Set(['describe', 'it', 'test']);
const SKIPPING_WORDS = new Set(['skip', 'todo', 'fails']);

/** A test that never runs proves nothing. `skipIf` and `runIf`, which name their condition, are allowed. */
const noSkippedTest = {
  meta: { type: 'problem', messages: { skipped: 'A skipped test proves nothing. Mend it or remove it.' } },
  create(context) {
    return {
      MemberExpression(node) {
        const isTest = node.object.type === 'Identifier' && TEST_WORDS.has(node.object.name);
        const isSkipping = node.property.type === 'Identifier' && SKIPPING_WORDS.has(node.property.name);
        if (isTest && isSkipping) context.report({ node, messageId: 'skipped' });
      },
    };
  },
};

export default {
  meta: { name: 'bridle' },
  rules: { 'no-argless-date': noArglessDate, 'no-skipped-test': noSkippedTest },
};
