// The one lint rule that oxlint does not bring: `new Date()` and `Date()` read the clock, `new Date(value)` does not.
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

export default { meta: { name: 'bridle' }, rules: { 'no-argless-date': noArglessDate } };
