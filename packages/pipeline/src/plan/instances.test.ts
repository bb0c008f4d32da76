import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findInstance, INSTANCES_MAX, readInstances } from './instances.ts';

const TEXT = JSON.stringify({
  data: {
    hosts: [
      { meta: { 'host-id': 'h1' }, ip: '10.0.0.1' },
      { meta: { 'host-id': 'h2' }, ip: null },
    ],
  },
});
const ATTRIBUTES = { instancename: 'meta.host-id', privateIp: '$.ip', missing: 'nowhere' };

test('the list is found by its path, each attribute by its own within an item', () => {
  expect(readInstances(TEXT, '$.data.hosts', ATTRIBUTES)).toEqual({
    hosts: ['h1', 'h2'],
    instances: [
      {
        name: 'h1',
        hostName: 'h1',
        host: {
          instanceName: 'h1',
          hostName: 'h1',
          privateIp: '10.0.0.1',
          publicIp: null,
          properties: { instancename: 'h1', privateIp: '10.0.0.1', missing: null },
        },
      },
      expect.objectContaining({ name: 'h2' }),
    ],
  });
});

test.each(['data.hosts', '$.data.hosts', '$.data.hosts[*]', '$..hosts[*]'])(
  'the path %s leads to the same list',
  (path) => {
    expect(readInstances(TEXT, path, ATTRIBUTES)).toMatchObject({ hosts: ['h1', 'h2'] });
  },
);

test('without a path the JSON itself is the list', () => {
  expect(readInstances('[{"n": 5}]', '', { instancename: 'n' })).toMatchObject({ hosts: ['5'] });
});

test('no instance is no error', () => {
  expect(readInstances('{"hosts": []}', 'hosts', ATTRIBUTES)).toEqual({ instances: [], hosts: [] });
});

test('an attribute hostname names the host', () => {
  const found = readInstances('[{"i": "a", "h": "a.test"}]', '$', { InstanceName: 'i', hostname: 'h' });
  expect(found).toMatchObject({ hosts: ['a'], instances: [{ name: 'a', hostName: 'a.test' }] });
});

test.each([
  ['no JSON', 'hosts: []', 'hosts', ATTRIBUTES, 'JSON text is needed'],
  ['no list', '{"hosts": {"a": 1}}', 'hosts', ATTRIBUTES, '"hosts" is not a list of instances'],
  ['nothing there', '{}', 'hosts', ATTRIBUTES, '"hosts" is not a list of instances'],
  ['a list of texts', '["a"]', '$', ATTRIBUTES, 'Instance 0 of "$" is not an object'],
  ['an instance without a name', '[{"x": 1}]', '$', ATTRIBUTES, 'has no name: meta.host-id leads to nothing'],
  ['two of one name', '[{"n":"a"},{"n":"a"}]', '$', { instancename: 'n' }, 'has the name a, as another one has'],
  ['no attribute for the name', '[]', '$', { ip: 'ip' }, 'no attribute instancename'],
  ['a path that is none', '[]', '$[', ATTRIBUTES, 'is not a JSON path'],
])('%s is said in words', (_name, text, path, attributes, message) => {
  expect(readInstances(text, path, attributes)).toEqual({ error: expect.stringContaining(message) });
});

test('more than the limit is refused', () => {
  const many = JSON.stringify(Array.from({ length: INSTANCES_MAX + 1 }, (_, index) => ({ n: index })));
  expect(readInstances(many, '$', { instancename: 'n' })).toEqual({ error: expect.stringContaining('at most') });
});

test('never throws, whatever the script wrote', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), fc.string()),
      fc.string({ maxLength: 20 }),
      fc.string({ maxLength: 20 }),
      (text, list, name) => {
        const read = readInstances(text, list, { instancename: name });
        expect('error' in read || read.hosts.length === read.instances.length).toBe(true);
      },
    ),
  );
});

describe('the instance of a name', () => {
  const read = readInstances(TEXT, 'data.hosts', ATTRIBUTES);

  test('is found among those of the stage', () => {
    if ('error' in read) throw new Error(read.error);
    expect(findInstance(read.instances, 'h2')).toMatchObject({ hostName: 'h2' });
    expect(findInstance(read.instances, 'h3')).toBe(null);
    expect(findInstance(null, 'h3')).toBe(null);
  });
});
