import { errorCodes, GodwitError } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import {
  ConfirmationRequiredError,
  ConflictError,
  CutoverPlanError,
  IllegalActionError,
  NotFoundError,
  OperationError,
  StaleVersionError,
  ValidationError,
} from './classes.ts'

export const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'Every error that Godwit names. Codes are added, never renamed.',
  values: errorCodes,
})

const UserErrorInterface = builder.interfaceRef<GodwitError>('UserError').implement({
  description: 'Why a mutation did nothing, and what to do about it.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum }),
    message: t.exposeString('message'),
    remedy: t.exposeString('remedy'),
  }),
})

builder.objectType(ValidationError, {
  name: 'ValidationError',
  description: 'An input cannot be accepted.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    field: t.exposeString('field', {
      nullable: true,
      description: 'Which one, such as `connection.port`; null when it is about several.',
    }),
  }),
})

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'What an id names does not exist (any more).',
  interfaces: [UserErrorInterface],
})

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description: 'Something else is in the way: a name that is taken, a use, an idempotency key.',
  interfaces: [UserErrorInterface],
})

builder.objectType(StaleVersionError, {
  name: 'StaleVersionError',
  description: 'What the call is about has changed since the caller looked.',
  interfaces: [UserErrorInterface],
})

builder.objectType(IllegalActionError, {
  name: 'IllegalActionError',
  description: 'The action is not possible in the status of the migration.',
  interfaces: [UserErrorInterface],
})

builder.objectType(ConfirmationRequiredError, {
  name: 'ConfirmationRequiredError',
  description: 'The caller has to say that it means it.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    argument: t.string({
      description: 'The input that must be true.',
      resolve: ({ code }) => (code === 'WRITES_NOT_STOPPED' ? 'writesStopped' : 'acceptWarnings'),
    }),
  }),
})

builder.objectType(CutoverPlanError, {
  name: 'CutoverPlanError',
  description:
    'The plan of the cutover does not allow it: it is missing, has ended, or others have to approve it.',
  interfaces: [UserErrorInterface],
})

builder.objectType(OperationError, {
  name: 'OperationError',
  description: 'Any other failure that Godwit names.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    retryable: t.exposeBoolean('retryable', {
      description: 'The same call may succeed later with nothing changed by anyone.',
    }),
  }),
})
