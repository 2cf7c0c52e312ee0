export { answer } from './answer.ts'
export {
  actionErrorTypes,
  ConfirmationRequiredError,
  CutoverPlanError,
  IllegalActionError,
  StaleVersionError,
  toUserError,
} from './classes.ts'
export { ErrorCodeEnum } from './types.ts'
