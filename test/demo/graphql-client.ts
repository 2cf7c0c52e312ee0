/** A client of Godwit's API as anyone could write it: fetch for queries and mutations, graphql-ws for the rest. */
import { createClient } from 'graphql-ws'
import { z } from 'zod'

export interface GraphqlAccess {
  readonly url: string
  readonly token: string
}

/** What the API refused, with its remedy. */
class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal'
  readonly code: string
  readonly remedy: string

  constructor({ code, message, remedy }: UserError) {
    super(message)
    this.code = code
    this.remedy = remedy
  }
}

const userError = z.object({ code: z.string(), message: z.string(), remedy: z.string() })
type UserError = z.infer<typeof userError>

const topLevelErrors = z.array(
  z.object({
    message: z.string(),
    extensions: z.object({ code: z.string().optional(), remedy: z.string().nullish() }).optional(),
  }),
)

const answer = z.object({ data: z.unknown().optional(), errors: topLevelErrors.optional() })

export interface Operation<T extends z.ZodType> {
  readonly document: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** Of `data`. */
  readonly result: T
}

const requestTimeoutMs = 60_000

export class GraphqlClient {
  readonly #access: GraphqlAccess

  constructor(access: GraphqlAccess) {
    this.#access = access
  }

  /** @throws ApiRefusal */
  async query<T extends z.ZodType>(operation: Operation<T>, signal: AbortSignal): Promise<z.output<T>> {
    const response = await fetch(this.#access.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#access.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: operation.document, variables: operation.variables }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    })
    const { data, errors } = answer.parse(await response.json())
    if (errors) throw refusalOf(errors)
    return operation.result.parse(data)
  }

  /**
   * Runs the mutation `name`, whose one input has the type that its name says, and returns its payload.
   * @param fields what to ask of the payload
   * @throws ApiRefusal
   */
  async mutate<T extends z.ZodType>(
    mutation: {
      readonly name: string
      readonly input: Readonly<Record<string, unknown>>
      readonly fields: string
      readonly payload: T
    },
    signal: AbortSignal,
  ): Promise<z.output<T>> {
    const { name } = mutation
    const type = name.charAt(0).toUpperCase() + name.slice(1)
    const document = `mutation ($input: ${type}Input!) {
      answer: ${name}(input: $input) {
        __typename
        ... on ${type}Payload { ${mutation.fields} }
        ... on UserError { code message remedy }
      }
    }`
    const result = z.object({ answer: z.looseObject({ __typename: z.string() }) })
    const { answer } = await this.query({ document, variables: { input: mutation.input }, result }, signal)
    if (answer.__typename !== `${type}Payload`) throw new ApiRefusal(userError.parse(answer))
    return mutation.payload.parse(answer)
  }

  /**
   * Follows a subscription until `signal` is aborted, through every loss of the connection: after one, the same
   * operation is sent again. Rejects when the API refuses it.
   */
  async follow<T extends z.ZodType>(
    operation: Operation<T>,
    onNext: (data: z.output<T>) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const client = createClient({
      url: this.#access.url.replace(/^http/, 'ws'),
      connectionParams: { authorization: `Bearer ${this.#access.token}` },
      keepAlive: 5_000,
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 250)),
      shouldRetry: () => true,
    })
    const ended = Promise.withResolvers<void>()
    const unsubscribe = client.subscribe<unknown>(
      { query: operation.document, variables: { ...operation.variables } },
      {
        next: (message) => {
          const { data, errors } = answer.parse(message)
          if (errors) ended.reject(refusalOf(errors))
          else onNext(operation.result.parse(data))
        },
        error: (error) => ended.reject(refusalOf(error)),
        complete: () => ended.resolve(),
      },
    )
    signal.addEventListener('abort', () => ended.resolve(), { once: true })
    if (signal.aborted) ended.resolve()
    try {
      await ended.promise
    } finally {
      unsubscribe()
      await client.dispose()
    }
  }
}

/** What came instead of an answer: GraphQL errors, a close of the socket, anything. */
function refusalOf(error: unknown): Error {
  const [first] = topLevelErrors.safeParse(error).data ?? []
  if (!first) return error instanceof Error ? error : new Error('the subscription failed', { cause: error })
  return new ApiRefusal({
    code: first.extensions?.code ?? 'UNKNOWN',
    message: first.message,
    remedy: first.extensions?.remedy ?? '',
  })
}
