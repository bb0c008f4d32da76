const ENDS_LENGTH = 4;

/** A long id by its first and last characters, `dXb3…9Qw0`; one that would not get shorter stays whole. */
export function shortenId(id: string, endsLength: number = ENDS_LENGTH): string {
  return id.length <= endsLength * 2 + 1 ? id : `${id.slice(0, endsLength)}…${id.slice(-endsLength)}`;
}
