/** Samples further apart than this are not in a row: what was in between is not known. They are taken every second. */
export const longestSampleGapMs = 10_000
