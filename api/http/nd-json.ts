/** The media type of JSON Lines. */
export const ND_JSON = 'application/x-ndjson';
