// What the server says in the reader's language, and marked as English what another program says in it.
import { useTranslation } from "react-i18next";
import { parted, type Said } from "./worded";

/** `english`: the server's own words, for what there are no others for. */
export function Wording({ said, english }: { said: Said | null | undefined; english: string }) {
  const { ready } = useTranslation("problems", { useSuspense: false }); // waiting would hide the whole screen
  if (!ready) return null;
  const parts = said ? parted(said) : undefined;
  if (!parts) return <span lang="en">{english}</span>;
  return parts.map((part, index) =>
    part.foreign ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a sentence's parts never move
      <span key={index} lang="en">
        {part.text}
      </span>
    ) : (
      part.text
    ),
  );
}
