import { expect, test } from 'vitest';
import { SpecError } from '../step-spec.ts';
import { readLimits, readPorts, readUser } from './limits.ts';

test.each([
  [undefined, {}],
  [null, {}],
  [{}, {}],
  [{ limits: { memory: '500Mi', cpu: '400m' } }, { memoryBytes: 524_288_000, nanoCpus: 400_000_000 }],
  [{ limits: { memory: '1.5Gi' } }, { memoryBytes: 1_610_612_736 }],
  [{ limits: { memory: '2G', cpu: '1.5' } }, { memoryBytes: 2_000_000_000, nanoCpus: 1_500_000_000 }],
  [{ limits: { memory: 20_000_000, cpu: 2 } }, { memoryBytes: 20_000_000, nanoCpus: 2_000_000_000 }],
  [{ limits: { memory: '100MB' } }, { memoryBytes: 100_000_000 }],
  [{ limits: { memory: '' } }, {}],
])('limits %j', (resources, expected) => {
  expect(readLimits(resources)).toEqual(expected);
});

test.each([
  [{ limits: { memory: 'lots' } }, /memory: "lots"/],
  [{ limits: { memory: '-1Gi' } }, /memory/],
  [{ limits: { memory: '1Ki' } }, /at least 6Mi/],
  [{ limits: { memory: '99999999999Ti' } }, /memory/],
  [{ limits: { cpu: '0' } }, /cpu/],
  [{ limits: { cpu: '1k' } }, /cpu/],
  [{ limits: [] }, /limits/],
])('limits %j are refused', (resources, message) => {
  expect(() => readLimits(resources)).toThrow(message);
  expect(() => readLimits(resources)).toThrow(SpecError);
});

test('users are numbers', () => {
  expect(readUser('1000')).toBe('1000');
  expect(readUser(0)).toBe('0');
  expect(readUser(undefined)).toBeUndefined();
  expect(() => readUser('root')).toThrow('runAsUser');
});

test('ports', () => {
  expect(readPorts({ '5433': '5432', 53: '53/udp' })).toEqual([
    { hostPort: 53, containerPort: '53/udp' },
    { hostPort: 5433, containerPort: '5432/tcp' },
  ]);
  expect(readPorts(undefined)).toEqual([]);
  for (const bad of [{ 0: '1' }, { a: '1' }, { 1: '70000' }, { 1: '2/sctp' }, { 1: '' }]) {
    expect(() => readPorts(bad)).toThrow(SpecError);
  }
});
