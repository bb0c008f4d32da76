/** Labels on everything we make in an engine: whoever must clean up finds it by them, also when the delegate is long gone. */
export const LABEL_MARK = 'bridle.mark';
export const LABEL_INSTALLATION = 'bridle.installation';
export const LABEL_WORKSPACE = 'bridle.workspace';
export const LABEL_TASK = 'bridle.task';
export const LABEL_STEP = 'bridle.step';
