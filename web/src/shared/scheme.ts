import { localStorageColorSchemeManager } from "@mantine/core";

/** Light, dark or as the system; `public/scheme.js` reads the same place before the first paint. */
export const scheme = localStorageColorSchemeManager({ key: "quorate.scheme" });
