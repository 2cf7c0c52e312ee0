import './plan.ts'
import './fields.ts'
