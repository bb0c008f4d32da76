/** One line of comma-separated values, as the operators `In` and `NotIn` take it: double quotes group, a doubled quote stands for one. */
export function splitCsv(line: string): readonly string[] {
  const elements: string[] = [];
  let element = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (isQuoted) {
      if (character !== '"') element += character;
      else if (line.charAt(at + 1) === '"') {
        element += '"';
        at++;
      } else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === ',') {
      elements.push(element.trim());
      element = '';
    } else element += character;
  }
  elements.push(element.trim());
  return elements;
}
