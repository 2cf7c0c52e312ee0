/**
 * How far the feed has been handled, when what comes of its events ends in any order: everything up to the mark has
 * been. The cursors are opaque, so the mark is one that was seen.
 */
export class Places {
  readonly #open = new Set<{ readonly before: string }>()
  #latest: string

  constructor(start: string) {
    this.#latest = start
  }

  /** Behind the last item that came. */
  get latest(): string {
    return this.#latest
  }

  get mark(): string {
    const [first] = this.#open
    return first?.before ?? this.#latest
  }

  /** An item has come; it is handled when what is returned is called. */
  begin(cursor: string): () => void {
    const place = { before: this.#latest }
    this.#open.add(place)
    this.#latest = cursor
    return () => void this.#open.delete(place)
  }

  /** Nothing is left to do up to here. */
  pass(cursor: string): void {
    this.#latest = cursor
  }
}
