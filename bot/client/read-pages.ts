interface Page {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null }
}

/** All pages of a list, from behind a cursor on. Each is asked for when the one before has been read. @throws what `read` throws */
export async function* readPages<P extends Page>(
  read: (after: string | null) => Promise<P>,
  from: string | null = null,
): AsyncGenerator<P> {
  let after = from
  do {
    const page: P = await read(after)
    yield page
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null
  } while (after !== null)
}

/** The same of lists whose pages have nodes: one node after the other. */
export async function* readNodes<N>(
  read: (after: string | null) => Promise<Page & { readonly nodes: readonly N[] }>,
): AsyncGenerator<N> {
  for await (const page of readPages(read)) yield* page.nodes
}
