/** Greets somebody by name, or everybody. */
export function greet(name = 'world') {
  return `Hello, ${name.trim() || 'world'}!`;
}
