/** Numbers of a document that is printed again: of `12e4567`, a commit's id, YAML's number is infinity, and of `007` it is 7. */
import type { ScalarTag, Tags } from 'yaml';

const NUMBER_TAG = /^tag:yaml\.org,2002:(?:int|float)$/;

/** For `customTags`: numbers are printed as they were written, for their text is what is read. */
export function keepWrittenNumbers(tags: Tags): Tags {
  return tags.map((tag) => (isNumberTag(tag) ? keepingText(tag) : tag));
}

function isNumberTag(tag: Tags[number]): tag is ScalarTag {
  return typeof tag !== 'string' && NUMBER_TAG.test(tag.tag);
}

function keepingText({ stringify, ...tag }: ScalarTag): ScalarTag {
  return {
    ...tag,
    stringify: (node, context, onComment, onChompKeep) =>
      // A value that was changed after reading is printed anew.
      node.source !== undefined && Object.is(Number(node.source), node.value)
        ? node.source
        : (stringify?.(node, context, onComment, onChompKeep) ?? String(node.value)),
  };
}
