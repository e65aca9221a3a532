package dev.tenancy.spring.crud;

import dev.tenancy.spring.crud.CrudOffer.Action;
import dev.tenancy.spring.crud.RecordReader.Shown;
import java.util.function.Consumer;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** Lists, exports and gets rows. */
final class RowReads<E, D extends Record> {

    private final Access access;
    private final CrudOffer offer;
    private final ListParameters parameters;
    private final RowQuery<E, D> rows;
    private final RecordReader<E, D> reader;
    private final ReadScope reading;
    /** Of a request without parameters. */
    private final RowQuery.Listing plain;

    RowReads(
            Access access,
            ListParameters parameters,
            RowQuery<E, D> rows,
            RecordReader<E, D> reader,
            ReadScope reading) {
        this.access = access;
        this.offer = access.offer();
        this.parameters = parameters;
        this.rows = rows;
        this.reader = reader;
        this.reading = reading;
        this.plain = rows.listing(parameters.page(new LinkedMultiValueMap<>()));
    }

    PageOf<D> list(MultiValueMap<String, String> sent) {
        access.allow(Action.READ);
        RowQuery.Listing listing = sent.isEmpty() ? plain : rows.listing(parameters.page(sent));
        return reading.read(narrowed -> {
            RowQuery.Page<D> page = rows.page(listing, narrowed);
            return new PageOf<>(page.rows(), position(listing.request(), page));
        });
    }

    private PageOf.Position position(ListRequest request, RowQuery.Page<D> page) {
        int size = request.size();
        if (offer.paging() == Crud.Paging.KEYSET) {
            String next = page.next() == null ? null : page.next().text(request.sorts());
            return new PageOf.Position(size, null, null, null, !page.more(), next);
        }
        if (!request.total()) {
            return new PageOf.Position(size, request.page(), null, null, !page.more(), null);
        }
        int found = page.rows().size();
        long before = (long) request.page() * size;
        boolean isEnd = found < size && (found > 0 || request.page() == 0);
        long total = isEnd ? before + found : page.all().getAsLong();
        return new PageOf.Position(
                size, request.page(), total, (total + size - 1) / size, before + found >= total, null);
    }

    /**
     * Hands over all rows of a list, in its order, in memory that does not grow with them: filters, sort and search are those of
     * {@link #list}, and there are no pages. The session forgets each row after it.
     */
    void each(MultiValueMap<String, String> sent, Consumer<? super D> sink) {
        access.allow(Action.READ);
        ListRequest request = parameters.all(sent);
        // PostgreSQL has a cursor in a transaction only.
        reading.inTransaction(() -> {
            rows.each(request, sink);
            return request;
        });
    }

    Shown<D> get(String id) {
        access.allow(Action.READ);
        Object key = offer.key(id);
        return reading.read(narrowed -> {
            E row = rows.load(key, narrowed);
            if (row == null) {
                throw new RefusedException(RefusedException.Reason.MISSING);
            }
            return reader.show(row);
        });
    }
}
