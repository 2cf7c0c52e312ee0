import { type Plain, plain } from './blocks/text.ts'

interface Ends {
  readonly source: { readonly name: string } | null
  readonly target: { readonly name: string } | null
}

/** From where to where. Endpoints that were deleted since have no name any more. */
export function route({ source, target }: Ends): Plain {
  return plain`${nameOf(source)} → ${nameOf(target)}`
}

function nameOf(endpoint: Ends['source']): string {
  return endpoint === null ? '(deleted)' : endpoint.name
}
