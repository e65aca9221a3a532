package dev.tenancy;

import java.sql.ParameterMetaData;
import java.sql.SQLException;

/** The application's parameters, without those that the guard itself binds. */
final class GuardedParameterMetaData implements ParameterMetaData {

    private final ParameterMetaData delegate;
    private final StatementCheck check;

    GuardedParameterMetaData(ParameterMetaData delegate, StatementCheck check) {
        this.delegate = delegate;
        this.check = check;
    }

    @Override
    public int getParameterCount() throws SQLException {
        return delegate.getParameterCount() - check.own().length;
    }

    @Override
    public int isNullable(int position) throws SQLException {
        return delegate.isNullable(check.inText(position));
    }

    @Override
    public boolean isSigned(int position) throws SQLException {
        return delegate.isSigned(check.inText(position));
    }

    @Override
    public int getPrecision(int position) throws SQLException {
        return delegate.getPrecision(check.inText(position));
    }

    @Override
    public int getScale(int position) throws SQLException {
        return delegate.getScale(check.inText(position));
    }

    @Override
    public int getParameterType(int position) throws SQLException {
        return delegate.getParameterType(check.inText(position));
    }

    @Override
    public String getParameterTypeName(int position) throws SQLException {
        return delegate.getParameterTypeName(check.inText(position));
    }

    @Override
    public String getParameterClassName(int position) throws SQLException {
        return delegate.getParameterClassName(check.inText(position));
    }

    @Override
    public int getParameterMode(int position) throws SQLException {
        return delegate.getParameterMode(check.inText(position));
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : delegate.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || delegate.isWrapperFor(type);
    }
}
