/** The page of the crews: what a service worker keeps so that the list opens without a network. */
export const FIELD_PAGES = ['/arbeitsplatz/unterwegs'];

/** The scripts and styles that page needs, by their plain names. */
export const FIELD_ASSETS = ['raum.css', 'page.js', 'field.js', 'map.css', 'map.js', 'icon.svg'];
