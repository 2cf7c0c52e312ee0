export { formatPublicError } from './format.ts'
export { operationPlugin, type OperationSettings, requireOperation } from './plugin.ts'
export { toPublicError } from './public-error.ts'
