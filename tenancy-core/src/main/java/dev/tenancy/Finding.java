package dev.tenancy;

/**
 * One thing that is wrong with the mapping, the schema or the set-up. {@code docs/doctor.md} lists them by their ids.
 *
 * @param id stable, to be searched for: {@code TENANCY-204}
 * @param subject the entity, table, role or setting at fault
 * @param problem what is wrong with it; with the subject before it, a sentence without its full stop
 * @param reason what could happen
 * @param remedy what to do about it; SQL where the database has to change
 */
public record Finding(String id, String subject, String problem, String reason, String remedy) {

    /** All of it, on three lines. */
    @Override
    public String toString() {
        return id + ": " + subject + " " + problem + ".\n    " + reason + "\n    " + remedy.replace("\n", "\n    ");
    }
}
