export { answer } from './answer.ts'
export {
  actionErrorTypes,
  ConfirmationRequiredError,
  CutoverPlanError,
  IllegalActionError,
  StaleVersionError,
} from './classes.ts'
export { ErrorCodeEnum } from './types.ts'
