import { describe, expect, it } from 'vitest';
import { parsePrefer, preferenceApplied } from './prefer.ts';

describe('parsePrefer', () => {
  it.each([
    [undefined, { wantsRepresentation: false }],
    ['wait=10', { waitSeconds: 10, wantsRepresentation: false }],
    ['wait="10"', { waitSeconds: 10, wantsRepresentation: false }],
    ['Wait = 5 , RETURN=representation', { waitSeconds: 5, wantsRepresentation: true }],
    ['respond-async, wait=3; foo=bar', { waitSeconds: 3, wantsRepresentation: false }],
    ['wait=1, wait=2', { waitSeconds: 1, wantsRepresentation: false }],
    ['wait=9999', { waitSeconds: 300, wantsRepresentation: false }],
    ['wait=-1, wait=x, wait, return=minimal', { wantsRepresentation: false }],
    [['wait=4', 'return=representation'], { waitSeconds: 4, wantsRepresentation: true }],
  ])('reads %j', (header, expected) => {
    expect(parsePrefer(header)).toEqual(expected);
  });
});

describe('preferenceApplied', () => {
  it('names what was applied, and nothing when nothing was', () => {
    expect(preferenceApplied({ waitSeconds: 300, wantsRepresentation: true })).toBe('wait=300, return=representation');
    expect(preferenceApplied({ wantsRepresentation: false })).toBeUndefined();
  });
});
