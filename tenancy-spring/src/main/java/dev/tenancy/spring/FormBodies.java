package dev.tenancy.spring;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.servlet.filter.OrderedFormContentFilter;
import org.springframework.http.converter.HttpMessageNotReadableException;

/** Spring Boot's filter that reads forms of PUT, PATCH and DELETE, for which one that cannot be decoded is the caller's mistake. */
final class FormBodies extends OrderedFormContentFilter {

    private final ProblemAnswer answer;

    FormBodies(ProblemAnswer answer) {
        this.answer = answer;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // What throws behind it is somebody else's.
        ServletRequest[] read = new ServletRequest[1];
        try {
            super.doFilterInternal(request, response, (form, same) -> read[0] = form);
        } catch (HttpMessageNotReadableException | IllegalArgumentException malformed) {
            answer.send(request, response, Problem.malformed());
            return;
        }
        chain.doFilter(read[0], response);
    }
}
