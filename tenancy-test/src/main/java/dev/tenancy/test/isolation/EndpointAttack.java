package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.EndpointSides.Watched;
import dev.tenancy.test.isolation.Operation.Parameter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that is tried on one endpoint. */
final class EndpointAttack implements Target {

    // Conflict, failed or missing precondition: nobody says so who has not looked at rows.
    private static final Set<Integer> OF_ROWS = Set.of(409, 412, 428);

    /** Where to look for what one caller has of another's. */
    static final String BEYOND =
            "Look for work across tenants, for SQL that is trusted, for connections that are not guarded, and for what"
                    + " outlives a request:"
                    + " static fields, fields of beans, caches, sessions.";

    // How applications have a caller choose the tenant.
    private static final List<String> TENANT_HEADERS =
            List.of("X-Tenant-Id", "X-Tenant", "Tenant-Id", "X-TenantID", "X-Company-Id", "X-Organization-Id");
    private static final List<String> TENANT_PARAMETERS = List.of("tenant", "tenantId", "tenant_id", "companyId");

    // Numbers of a search that are no row's.
    private static final Set<String> COUNTS =
            Set.of("page", "size", "pagesize", "limit", "offset", "year", "month", "week", "day", "days", "min", "max");

    private final Operation operation;
    private final RequestTemplates templates;
    private final EndpointSides sides;
    private final UploadedFiles files;
    private @Nullable RequestTemplate found;
    private Set<String> touched = Set.of();
    private boolean stores;

    EndpointAttack(Operation operation, RequestTemplates templates, EndpointSides sides, UploadedFiles files) {
        this.operation = operation;
        this.templates = templates;
        this.sides = sides;
        this.files = files;
    }

    @Override
    public String name() {
        return operation.name();
    }

    Operation operation() {
        return operation;
    }

    /** What its owner got through with; null if nothing was found, or it was not attacked. */
    @Nullable RequestTemplate found() {
        return found;
    }

    @Override
    public Stream<Attack> attacks() {
        return Stream.<Supplier<Stream<Attack>>>of(
                        () -> Stream.of(Attack.preparing("its owner", this::reach)),
                        () -> found == null ? Stream.empty() : attacks(found))
                .flatMap(Supplier::get);
    }

    private Stream<Attack> attacks(RequestTemplate template) {
        // What the endpoint has stored below the rows so far may be the only one that they can have.
        sides.owner().renew();
        List<Attack> attacks = new ArrayList<>();
        SearchedTexts searched = new SearchedTexts(template, touched, sides);
        if (!touched.isEmpty() && operation.reads()) {
            searched.find();
        }
        List<Slot> slots = foreign(template, null)
                .filter(slot -> !searched.has(slot.name()))
                .toList();
        List<Slot> paths =
                slots.stream().filter(slot -> slot.name().startsWith("path: ")).toList();
        for (Slot slot : slots) {
            // Below a row of one's own, a row of another's is missing for everybody, also within one tenant.
            boolean nested = paths.size() > 1 && paths.contains(slot);
            attacks.add(new Attack(
                    "foreign " + slot.name(), nested, () -> foreign(template, List.of(slot), slot.name(), null)));
        }
        if (paths.size() > 1) {
            String all = "path: all of it";
            attacks.add(new Attack("foreign " + all, () -> foreign(template, paths, all, null)));
        }
        for (Parameter parameter : operation.parameters()) {
            if (!parameter.required() && !parameter.in().equals("path")) {
                foreign(template, parameter)
                        .filter(slot -> slot.name().equals(parameter.in() + ": " + parameter.name()))
                        .filter(slot -> !searched.has(slot.name())
                                && slots.stream().noneMatch(one -> one.name().equals(slot.name())))
                        .forEach(slot -> attacks.add(new Attack(
                                "foreign " + slot.name(),
                                () -> foreign(template, List.of(slot), slot.name(), parameter))));
            }
        }
        new WrittenValues(template, sides).attacks().forEach(attacks::add);
        boolean none = !searched.areSome()
                && attacks.stream().allMatch(attack -> attack.name().startsWith("foreign path: "));
        searched.attacks(!none, this::foreign, this::rowsAppear).forEach(attacks::add);
        if (none && !touched.isEmpty() && !stores && operation.takesInput()) {
            attacks.add(Attack.preparing("its input", () -> unattacked(template)));
        }
        if (operation.reads()) {
            attacks.add(new Attack("rows that appear", () -> rowsAppear(template)));
            attacks.add(new Attack("tenant named by the caller", () -> tenantNamed(template)));
        }
        if (operation.isMultipart()) {
            attacks.add(new Attack("its file elsewhere", () -> files.elsewhere(template)));
        }
        attacks.add(new Attack("no credential", () -> intruder(template, sides.attacking(Map.of()))));
        attacks.add(new Attack("former member", () -> intruder(template, sides.credential(Standing.FORMER_MEMBER))));
        attacks.add(new Attack("stranger", () -> intruder(template, sides.credential(Standing.STRANGER))));
        return attacks.stream();
    }

    private Shown unattacked(RequestTemplate template) {
        Set<String> taken = new TreeSet<>();
        operation.parameters().stream()
                .filter(one -> one.isForm() && mayName(one))
                .forEach(one -> taken.add(one.name()));
        template.request(sides.owner()).made.keySet().stream()
                .filter(place -> place.startsWith("body: "))
                .forEach(place -> taken.add(place.substring("body: ".length())));
        if (taken.isEmpty()) {
            return Shown.untouched("it takes nothing that could name a row");
        }
        throw new Unproven("not proven: " + name() + ", its input: it asks for owned rows, and nothing is known of "
                + taken
                + " that a row has, so that none of it was attacked. Say in values() which of it names a row, for"
                + " instance \"" + name() + " " + taken.iterator().next() + "\", or list it in notProven()");
    }

    private static boolean mayName(Parameter parameter) {
        return SearchedTexts.isFree(parameter.schema())
                || Schemas.is(parameter.schema(), "integer")
                        && !COUNTS.contains(parameter.leaf().toLowerCase(Locale.ROOT));
    }

    // ---- the owner

    /** What was taken, and changed nothing. */
    private record Idle(RequestTemplate template, Watched watched) {}

    private Shown reach() {
        sides.clear();
        Watched last = null;
        Request lastSent = null;
        Watched idle = null;
        Idle letter = null;
        List<String> tried = new ArrayList<>();
        // What nobody reaches with values of rows may be reached with what an upload was answered.
        Iterator<RequestTemplate> all = Stream.concat(
                        templates.all(), Stream.of(templates).flatMap(files::named))
                .iterator();
        while (all.hasNext()) {
            RequestTemplate template = all.next();
            sides.owner().renew();
            Request request = template.request(sides.owner());
            String shape = request.path + request.query + request.form + request.body;
            // Without a place that depends on it, the entity in focus changes nothing.
            if (request.slots.isEmpty() && request.texts.isEmpty() && tried.contains(shape)) {
                continue;
            }
            tried.add(shape);
            Changes changes = operation.reads() ? Changes.NONE : new Changes(sides.owner());
            Watched watched = sides.watch(request, sides.member(sides.owner()));
            boolean changed = changes.areThere();
            if (!operation.reads() && !changed && isIdle(request, watched)) {
                idle = watched;
                // What sends a letter changes no row.
                if (letter == null && request.body != null && !request.body.equals("{}")) {
                    letter = new Idle(template, watched);
                }
            } else if (watched.answer().isGood()
                    && (operation.reads() || changed || !isRefused(request, watched.answer()))) {
                found = template;
                touched = Set.copyOf(watched.touched());
                stores = changed;
                String status = "its owner: " + watched.answer().status();
                return watched.touched().isEmpty()
                        ? Shown.untouched(status + ", no owned row was asked for")
                        : Shown.proven(status + ", " + String.join(", ", watched.touched()) + " asked for");
            }
            if (last == null || watched.answer().status() != 404) {
                last = watched;
                lastSent = request;
            }
        }
        if (letter != null) {
            found = letter.template();
            touched = Set.copyOf(letter.watched().touched());
            return Shown.untouched("its owner: " + letter.watched().answer().status() + ", "
                    + String.join(", ", touched) + " asked for, but no row of its owner's was changed");
        }
        String met = idle != null
                ? "its owner is answered " + idle.answer().status() + ", but with none of " + tried.size()
                        + " requests that were made up was it done: it changed no row of its owner"
                : "its owner does not get through. Of " + tried.size() + " requests that were made up, the answer was "
                        + (last == null ? "none" : refusal(last));
        throw new Unproven("not proven: " + name() + ": " + met + ", to " + told(lastSent)
                + ". Say in values() what its parameters and fields have to be, for instance \"" + name()
                + " <name>\", or list it in notProven()");
    }

    private static String refusal(Watched last) {
        return last.answer().refusal() + (last.refused().isEmpty() ? "" : ", since " + last.refused());
    }

    private static String told(@Nullable Request request) {
        return request == null ? "none" : request.told();
    }

    /** A page in answer to a form shows what is wrong with it, unless it shows a row. */
    private boolean isRefused(Request request, Answer answer) {
        return answer.isPage()
                && (!answer.errors().isEmpty()
                        || answer.shows(sides.secrets(request)).isEmpty());
    }

    /** Whether it was taken, and nothing came of it: no row was changed, and nothing is told. */
    private boolean isIdle(Request request, Watched watched) {
        Answer answer = watched.answer();
        return answer.isGood()
                && operation.takesInput()
                && !operation.isMultipart()
                && !watched.touched().isEmpty()
                && (answer.status() >= 300 || answer.body().isBlank())
                && answer.shows(sides.secrets(request)).isEmpty();
    }

    // ---- ids and other values of the owner

    private Stream<Slot> foreign(RequestTemplate template, @Nullable Parameter more) {
        Request owners = template.request(sides.owner(), slot -> slot.value().apply(sides.owner()), more);
        return owners.slots.entrySet().stream()
                .filter(slot -> !slot.getValue().toString().isEmpty()
                        && !slot.getValue().equals(slot.getKey().value().apply(sides.other())))
                .map(Map.Entry::getKey);
    }

    private Shown foreign(RequestTemplate template, List<Slot> attacked, String name, @Nullable Parameter more) {
        String attack = "foreign " + name;
        sides.owner().renew();
        if (operation.reads()) {
            sides.owner().makeAll();
            // Caches are filled by then.
            Answer owners = sides.send(
                    template.request(sides.owner(), slot -> slot.value().apply(sides.owner()), more),
                    sides.member(sides.owner()));
            requireGood(owners, attack + ": its owner");
            if (name.startsWith("query: ") && !isFound(template, attacked, owners, more)) {
                if (more != null && more.isForm()) {
                    // Pages have beans for other things as well.
                    return Shown.untouched("it changes nothing of what its owner is answered");
                }
                throw new Unproven("not proven: " + name() + ", " + attack
                        + ": its owner is answered the same as with one that nobody has: " + owners.text()
                        + ". Say in values() what finds a row, for instance \"" + name() + " "
                        + name.substring("query: ".length()) + "\", or list it in notProven()");
            }
        }
        // Of one user, since pages show who asks. Where the first request ends the session, each is made by another.
        Map<String, String> user = sides.member(sides.other());
        Compared compared = compared(template, attacked, attack, more, () -> user);
        Supplier<Map<String, String>> caller = compared.keepsSession() ? () -> user : () -> sides.member(sides.other());
        if (!compared.keepsSession()) {
            compared = compared(template, attacked, attack, more, caller);
        }
        Answer answer = compared.foreign();
        Map<String, String> differences = answer.differences(compared.missing(), compared.missingAgain());
        sides.dropWhatDiffersByItself(
                differences, () -> sides.send(others(template, attacked, this::missing, more), caller.get()));
        if (!differences.isEmpty()) {
            throw Unproven.leak(name() + ", " + attack
                    + ": a value of the owner's is answered otherwise than one that nobody has, and so tells that it is there: "
                    + Answer.told(differences)
                    + ". Look it up within the tenant, and answer what is not found there as missing.");
        }
        Answer own = sides.send(
                others(template, attacked, slot -> slot.value().apply(sides.other()), more),
                sides.member(sides.other()));
        requireGood(own, attack + ": with a value of its own the other tenant");
        return Shown.proven("with the owner's: " + answer.status() + ", as with one that nobody has; with its own: "
                + own.status());
    }

    /** Answers to a value of the owner's, and to what nobody has before and after it. */
    private record Compared(Answer missing, Answer foreign, Answer missingAgain) {

        boolean keepsSession() {
            return missing.status() == missingAgain.status()
                    && Objects.equals(
                            missing.facts().get("header location"),
                            missingAgain.facts().get("header location"));
        }
    }

    private Compared compared(
            RequestTemplate template,
            List<Slot> attacked,
            String attack,
            @Nullable Parameter more,
            Supplier<Map<String, String>> caller) {
        Answer missing = sides.send(others(template, attacked, this::missing, more), caller.get());
        Request request = others(template, attacked, slot -> slot.value().apply(sides.owner()), more);
        Map<String, String> before = sides.owner().state();
        Answer foreign = sides.send(request, sides.attacking(caller.get()));
        requireUnchanged(before, attack);
        Answer missingAgain = sides.send(others(template, attacked, this::missing, more), caller.get());
        requireNoFailure(foreign, attack);
        requireNothingShown(request, foreign, attack);
        return new Compared(missing, foreign, missingAgain);
    }

    private Object missing(Slot slot) {
        return Slot.missing(slot.value().apply(sides.owner()));
    }

    /** Whether its owner is answered otherwise than with a value that nobody has: what finds nothing says nothing of others. */
    private boolean isFound(RequestTemplate template, List<Slot> attacked, Answer found, @Nullable Parameter more) {
        List<String> names = attacked.stream().map(Slot::name).toList();
        Function<Slot, Object> none = slot ->
                names.contains(slot.name()) ? missing(slot) : slot.value().apply(sides.owner());
        Map<String, String> owner = sides.member(sides.owner());
        Answer one = sides.send(template.request(sides.owner(), none, more), owner);
        Answer same = sides.send(template.request(sides.owner(), none, more), owner);
        return !found.differences(one, same).isEmpty();
    }

    private Request others(
            RequestTemplate template, List<Slot> attacked, Function<Slot, Object> value, @Nullable Parameter more) {
        List<String> names = attacked.stream().map(Slot::name).toList();
        sides.other().renew();
        return template.request(
                sides.other(),
                slot -> names.contains(slot.name())
                        ? value.apply(slot)
                        : slot.value().apply(sides.other()),
                more);
    }

    // ---- lists, totals, reports

    private Shown rowsAppear(RequestTemplate template) {
        Map<String, String> others = sides.member(sides.other());
        Map<String, String> owners = sides.member(sides.owner());
        // Of nothing, a share and an average stay the same.
        sides.other().makeAll();
        Request request = template.request(sides.other());
        Answer before = sides.send(request, others);
        Answer same = sides.send(request, others);
        Request owned = template.request(sides.owner());
        Answer ownersBefore = sides.send(owned, owners);
        sides.owner().makeAll();
        owned = template.request(sides.owner());
        sides.emptyCaches();
        Watched ownersAfter = sides.watch(owned, owners);
        Answer after = sides.send(request, sides.attacking(others));
        requireNoFailure(after, "rows that appear");
        requireNothingShown(request, after, "rows that appear");
        Map<String, String> differences = after.differences(before, same);
        sides.dropWhatDiffersByItself(differences, () -> sides.send(request, others));
        if (!differences.isEmpty()) {
            throw Unproven.leak(
                    name() + ", rows that appear: the answer to another tenant changed when the owner got rows: "
                            + Answer.told(differences) + ". Ask for the rows of the current tenant only.");
        }
        if (ownersAfter.touched().isEmpty()) {
            return Shown.untouched("no owned row was asked for");
        }
        boolean shown = foreign(template, null).findAny().isPresent()
                || !ownersAfter.answer().differences(ownersBefore).isEmpty()
                || ownersAfter.answer().shows(sides.secrets(owned)).isPresent();
        if (!shown) {
            throw new Unproven("not proven: " + name() + ", rows that appear: " + ownersAfter.touched()
                    + " was asked for, but its answer does not show new rows to their owner either. Say in values() with which"
                    + " parameters it does, or list it in notProven()");
        }
        return Shown.proven("to the other tenant the same as before; to the owner the new rows");
    }

    private Shown tenantNamed(RequestTemplate template) {
        String attack = "tenant named by the caller";
        sides.owner().makeAll();
        Request owned = template.request(sides.owner());
        Answer owners = sides.send(owned, sides.member(sides.owner()));
        if (owners.shows(sides.secrets(owned)).isEmpty()) {
            return Shown.untouched("no text of a row is shown, to its owner neither");
        }
        String tenant = sides.owner().tenant().toString();
        // One at a time: one that is refused would hide what another does.
        List<Request> requests = new ArrayList<>();
        for (String header : TENANT_HEADERS) {
            Request request = template.request(sides.owner());
            request.headers.put(header, tenant);
            requests.add(request);
        }
        for (String parameter : TENANT_PARAMETERS) {
            Request request = template.request(sides.owner());
            request.query.put(parameter, tenant);
            requests.add(request);
        }
        Set<Integer> statuses = new TreeSet<>();
        for (Request request : requests) {
            Answer answer = sides.send(request, sides.attacking(sides.member(sides.other())));
            requireNoFailure(answer, attack);
            requireNothingShown(request, answer, attack);
            statuses.add(answer.status());
        }
        return Shown.proven("with " + TENANT_HEADERS.size() + " headers and " + TENANT_PARAMETERS.size()
                + " parameters that name the owner, one at a time: " + statuses + ", nothing of the owner's");
    }

    // ---- callers who belong to nobody here

    private Shown intruder(RequestTemplate template, Map<String, String> credential) {
        sides.owner().renew();
        Request request = template.request(sides.owner());
        Map<String, String> before = sides.owner().state();
        Watched watched = sides.watch(request, credential);
        Answer answer = watched.answer();
        requireUnchanged(before, "a caller who is no member");
        requireNoFailure(answer, "a caller who is no member");
        requireNothingShown(request, answer, "a caller who is no member");
        // Who is told that a row has changed meanwhile was let in, too.
        if ((answer.isGood() || OF_ROWS.contains(answer.status()))
                && watched.actedFor().contains(sides.owner().tenant())) {
            throw Unproven.leak(name() + ": a caller who is no member of the tenant is let in, and " + watched.touched()
                    + " is asked for. Let only members reach it.");
        }
        if (answer.isGood() && !watched.touched().isEmpty()) {
            return Shown.proven("let in, but for another tenant than the owner: " + answer.status());
        }
        if (answer.isGood()) {
            return Shown.untouched("open, " + answer.status() + ", and no owned row was asked for");
        }
        String refused = "refused, " + answer.status();
        return !touched.isEmpty()
                ? Shown.proven(refused)
                : Shown.untouched(refused + "; no owned row is asked for, for its owner neither");
    }

    // ----

    private void requireUnchanged(Map<String, String> before, String attack) {
        Map<String, String> after = sides.owner().state();
        if (!after.equals(before)) {
            throw Unproven.leak(name() + ", " + attack + ": it changed rows of the owner: "
                    + Stream.concat(before.keySet().stream(), after.keySet().stream())
                            .distinct()
                            .filter(row -> !Objects.equals(before.get(row), after.get(row)))
                            .toList()
                    + ". Change what is found within the current tenant only.");
        }
    }

    private void requireGood(Answer answer, String who) {
        if (!answer.isGood()) {
            throw new Unproven("not proven: " + name() + ", " + who + " does not get through: " + answer.text());
        }
    }

    private void requireNoFailure(Answer answer, String attack) {
        if (answer.isFailure()) {
            throw new Unproven("not proven: " + name() + ", " + attack + ": the answer is " + answer.text()
                    + ". Answer what a caller did wrong with a status from 400 to 499.");
        }
    }

    private void requireNothingShown(Request request, Answer answer, String attack) {
        Set<String> secrets = sides.secrets(request);
        Optional<String> shown = answer.shows(secrets);
        if (shown.isPresent()) {
            throw Unproven.leak(name() + ", " + attack + ": the answer shows \"" + shown.get()
                    + "\" of the owner's rows: " + answer.text() + ". " + BEYOND);
        }
    }
}
