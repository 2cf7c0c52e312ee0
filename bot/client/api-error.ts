import { z } from 'zod'

interface Refusal {
  readonly code: string
  readonly message: string
  readonly remedy: string
  /** The input that is wrong, such as `connection.port`. */
  readonly field?: string | null | undefined
}

/** What the API refused, with what to do about it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  readonly remedy: string
  readonly field: string | null

  constructor({ code, message, remedy, field = null }: Refusal, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.remedy = remedy
    this.field = field
  }
}

/** The API cannot be reached, or did not answer as it should: the same call may succeed later. */
export class ApiUnreachableError extends Error {
  override readonly name = 'ApiUnreachableError'
}

export function isApiError(error: unknown): error is ApiError | ApiUnreachableError {
  return error instanceof ApiError || error instanceof ApiUnreachableError
}

const topLevelErrors = z.array(
  z.object({
    message: z.string(),
    extensions: z.object({ code: z.string().optional(), remedy: z.string().nullish() }).optional(),
  }),
)

/** What came instead of an answer: GraphQL errors, a close of the socket, anything. */
export function toApiError(cause: unknown): ApiError | ApiUnreachableError {
  const [first] = topLevelErrors.safeParse(cause).data ?? []
  const code = first?.extensions?.code
  if (first === undefined || code === undefined || code === 'INTERNAL') {
    return new ApiUnreachableError('Godwit’s API does not answer as it should.', { cause })
  }
  return new ApiError({ code, message: first.message, remedy: first.extensions?.remedy ?? '' }, { cause })
}

const userError = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  field: z.string().nullish(),
})

/**
 * The payload of a mutation whose answer is a union of it and of errors.
 * @throws ApiError
 */
export function payloadOf<T extends { readonly __typename: string }, N extends T['__typename']>(
  answer: T,
  name: N,
): Extract<T, { readonly __typename: N }> {
  if (isNamed(answer, name)) return answer
  throw new ApiError(userError.parse(answer))
}

function isNamed<T extends { readonly __typename: string }, N extends T['__typename']>(
  answer: T,
  name: N,
): answer is Extract<T, { readonly __typename: N }> {
  return answer.__typename === name
}
