/** Where the forms ask how a certificate comes out. */

export const TYPE_PREVIEW = '/credential-types/preview';
export const CONFIGURATION_PREVIEW = '/configurations/preview';
