// What the blind audits prove, in a sentence with its numbers.
import type { TFunction } from "i18next";
import type { Shapes } from "@/api/client";
import { percent } from "@/shared/format";

export function certified(found: Shapes["Certificate"], t: TFunction<"steer">): string {
  const { error_upper: most, audits, delta, holds, target, more_audits: more } = found;
  const proved = most !== null && audits > 0;
  return [
    proved
      ? t("exports.certificate", {
          // A bound is rounded away from what would flatter.
          share: percent(Math.ceil(most * 1000) / 1000, 1),
          sure: percent(1 - (delta ?? 0.05)),
          count: audits,
        })
      : t("exports.noCertificate"),
    target && t("exports.target", { share: percent(target.accuracy, 1) }),
    target && proved && t(holds ? "exports.holds" : "exports.holdsNot"),
    target && !holds && more ? t("exports.moreAudits", { count: more }) : null,
  ]
    .filter(Boolean)
    .join(" ");
}
